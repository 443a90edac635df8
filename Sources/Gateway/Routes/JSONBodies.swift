import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Reads the JSON bodies of requests, within a limit.
struct JSONBodies: Sendable {
  /// In bytes.
  let limit: Int

  /// The fields of the request's body. Throws `APIError` for everything that is not a JSON object.
  func fields(of request: Request) async throws -> BodyFields {
    guard Self.isJSON(request.headers) else { throw APIError.jsonRequired }
    let body = try await bytes(of: request)
    do {
      return BodyFields(try JSONReader.readObject(body))
    } catch {
      throw APIError.malformedBody("The body is not valid JSON: \(error) (at byte \(error.offset))")
    }
  }

  /// The body as it came, whatever it is.
  func bytes(of request: Request) async throws -> ByteBuffer {
    let length = request.headers[.contentLength].flatMap { Int($0) }
    guard length ?? 0 <= limit else { throw APIError.bodyTooLarge(limit: limit) }
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw APIError.bodyTooLarge(limit: limit)
    }
    // A connection that is closed from our side ends the body without an error.
    guard length == nil || length == body.readableBytes else { throw HTTPParserError.invalidEOFState }
    return body
  }

  /// The parameters of the type are ignored but for a charset, which must be UTF-8 (RFC 8259, 8.1).
  private static func isJSON(_ fields: HTTPFields) -> Bool {
    guard let type = fields[.contentType]?.lowercased(), fields[.contentEncoding] == nil else { return false }
    let parts = type.split(separator: ";").map { String($0.filter { $0 != " " && $0 != "\t" && $0 != "\"" }) }
    return parts.first == "application/json"
      && parts.dropFirst().allSatisfy { !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=utf8" }
  }
}
