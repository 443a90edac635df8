import HTTPTypes
import NIOCore
import NIOHTTP1

/// An answer to what never became a request, and the connection's last.
struct Refusal: Error {
  let head: HTTPResponseHead
  let body: ByteBuffer

  static let malformed = Refusal(.badRequest, "The request is not valid HTTP", code: "MALFORMED_REQUEST")
  static let headerTooLarge = Refusal(
    .requestHeaderFieldsTooLarge, "The header of the request is too large", code: "HEADER_TOO_LARGE")
  static let tooSlow = Refusal(.requestTimeout, "The request took too long to arrive", code: "REQUEST_TIMEOUT")

  private init(_ status: HTTPResponseStatus, _ message: String, code: String) {
    // It names no amount.
    body = APIError.body([APIError.Item(message: message, code: code)], .usd)
    head = HTTPResponseHead(
      version: .http1_1, status: status,
      headers: [
        "content-type": "application/json; charset=utf-8", "content-length": String(body.readableBytes),
        "x-content-type-options": "nosniff", "cache-control": "no-store", "connection": "close",
      ])
  }
}
