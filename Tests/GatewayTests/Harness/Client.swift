import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

/// A client of the API that speaks JSON and, once signed in, shows its cookie.
struct Client: Sendable {
  let client: any TestClientProtocol
  var cookie: String?

  init(client: any TestClientProtocol) {
    self.client = client
  }

  @discardableResult
  func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, _ fields: HTTPFields = [:]
  ) async throws -> TestResponse {
    try await send(method, path, bytes: body.map { ByteBuffer(string: $0) }, fields)
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, bytes: ByteBuffer?, _ fields: HTTPFields = [:]
  ) async throws -> TestResponse {
    var fields = fields
    if bytes != nil, fields[.contentType] == nil { fields[.contentType] = "application/json" }
    if let cookie { fields[.cookie] = cookie }
    return try await client.execute(uri: path, method: method, headers: fields, body: bytes)
  }

  /// A client with an account of its own.
  func signedUp(_ name: String = "ann") async throws -> Client {
    let answer = try await send(
      .post, "/api/users/signup", #"{"email":"\#(name)@example.com","password":"correct horse"}"#)
    try #require(answer.code == 201)
    let cookie = try #require(answer.headers[.setCookie]?.split(separator: ";").first)
    var client = self
    client.cookie = String(cookie)
    return client
  }

  /// Puts a ticket up for sale and returns its id.
  func createdTicket(_ title: String = "Concert Ticket", price: String = "50") async throws -> String {
    let answer = try await send(.post, "/api/tickets", #"{"title":"\#(title)","price":\#(price)}"#)
    try #require(answer.code == 201)
    let start = try #require(answer.text.firstRange(of: #""id":""#)).upperBound
    return String(answer.text[start...].prefix { $0 != "\"" })
  }
}
