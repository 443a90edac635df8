import HTTPTypes
import HummingbirdCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

extension HTTPRequest {
  /// nil where the method is no token.
  ///
  /// What the library's conversion does for a target in origin form, without its `URLComponents`.
  init?(_ head: HTTPRequestHead) {
    guard head.uri.utf8.first == UInt8(ascii: "/") else {
      guard let request = try? HTTPRequest(head, secure: false, splitCookie: false) else { return nil }
      self = request
      return
    }
    guard let method = try? HTTPRequest.Method(head.method) else { return nil }
    self.init(
      method: method, scheme: "http", authority: head.headers.first(name: "host"), path: head.uri,
      headerFields: HTTPFields(head.headers, splitCookie: false))
  }
}

extension HTTPResponseHead {
  /// The head of an answer, with the date that each has (RFC 9110, 6.6.1).
  init(_ response: Response) {
    var headers = HTTPHeaders()
    headers.reserveCapacity(response.headers.count + 1)
    for field in response.headers { headers.add(name: field.name.rawName, value: field.value) }
    headers.add(name: "Date", value: AnswerDate.now)
    let status = HTTPResponseStatus(statusCode: response.status.code, reasonPhrase: response.status.reasonPhrase)
    self.init(version: .http1_1, status: status, headers: headers)
  }
}
