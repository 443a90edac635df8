import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

/// A browser without scripts: keeps cookies, and posts forms with the token that the page gave it.
final class Browser {
  private let client: any TestClientProtocol
  private(set) var cookies: [String: String] = [:]

  init(client: any TestClientProtocol) {
    self.client = client
  }

  /// Another person's.
  func other() -> Browser { Browser(client: client) }

  func get(_ path: String, _ fields: HTTPFields = [.accept: "text/html"]) async throws -> TestResponse {
    try await send(.get, path, nil, fields)
  }

  /// Opens `page` for its form's token, then posts the form to `path`.
  func post(
    _ path: String, from page: String? = nil, _ form: [String: String] = [:], _ fields: HTTPFields = [:]
  ) async throws -> TestResponse {
    let opened = try await get(page ?? path)
    var form = form
    for name in ["csrf", "key", "version"] where form[name] == nil { form[name] = opened.hidden(name) }
    return try await postRaw(path, form, fields)
  }

  func postRaw(_ path: String, _ form: [String: String], _ fields: HTTPFields = [:]) async throws -> TestResponse {
    var fields = fields
    fields[.contentType] = "application/x-www-form-urlencoded"
    let body = form.map { "\(Self.encoded($0.key))=\(Self.encoded($0.value))" }.joined(separator: "&")
    return try await send(.post, path, body, fields)
  }

  func signUp(_ name: String) async throws {
    let answer = try await post(
      "/auth/signup", ["email": "\(name)@example.com", "password": "correct horse", "next": "/"])
    try #require(answer.status == .seeOther)
  }

  /// Returns the path of the ticket's page.
  func sell(_ title: String = "Concert", price: String = "50") async throws -> String {
    let answer = try await post("/tickets/new", ["title": title, "price": price])
    try #require(answer.status == .seeOther)
    return try #require(answer.headers[.location])
  }

  /// Returns the path of the order's page.
  func buy(_ ticket: String, from page: String? = nil) async throws -> String {
    let answer = try await post("\(ticket)/buy", from: page ?? ticket, ["price": "5000", "version": "0"])
    try #require(answer.status == .seeOther)
    return try #require(answer.headers[.location])
  }

  private func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: String?, _ fields: HTTPFields
  ) async throws -> TestResponse {
    var fields = fields
    if !cookies.isEmpty { fields[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
    let answer = try await client.execute(
      uri: path, method: method, headers: fields, body: body.map { ByteBuffer(string: $0) })
    for field in answer.headers[values: .setCookie] {
      let pair = field.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      cookies[String(pair[0])] = pair[1].isEmpty ? nil : String(pair[1])
    }
    return answer
  }

  private static func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      let digits = String(byte, radix: 16)
      return digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
    }.joined()
  }
}

extension TestResponse {
  var text: String { String(buffer: body) }

  /// The value of a hidden field.
  func hidden(_ name: String) -> String? {
    guard let start = text.firstRange(of: #"name="\#(name)" value=""#)?.upperBound else { return nil }
    return String(text[start...].prefix { $0 != "\"" })
  }
}
