import HTTPTypes
import Hummingbird
import Money
import NIOCore

/// Reads the JSON bodies of requests, within a limit.
struct JSONBodies: Sendable {
  /// In bytes.
  let limit: Int
  /// What prices in them, and in the answers, are in.
  let currency: Currency

  /// The fields of the request's body. Throws `APIError` for everything that is not a JSON object.
  func fields(of request: Request) async throws -> BodyFields {
    guard Self.isJSON(request.headers) else { throw APIError.jsonRequired }
    let body = try await request.bytes(limit: limit)
    do {
      return BodyFields(try JSONReader.readObject(body), currency)
    } catch {
      throw APIError.malformedBody("The body is not valid JSON: \(error) (at byte \(error.offset))")
    }
  }

  /// The parameters of the type are ignored but for a charset, which must be UTF-8 (RFC 8259, 8.1).
  private static func isJSON(_ fields: HTTPFields) -> Bool {
    guard let type = fields[.contentType]?.lowercased(), fields[.contentEncoding] == nil else { return false }
    let parts = type.split(separator: ";").map { String($0.filter { $0 != " " && $0 != "\t" && $0 != "\"" }) }
    return parts.first == "application/json"
      && parts.dropFirst().allSatisfy { !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=utf8" }
  }
}

extension Request {
  /// The whole body. Throws `APIError` where it has more than `limit` bytes.
  package func bytes(limit: Int) async throws -> ByteBuffer {
    let length = headers[.contentLength].flatMap { Int($0) }
    guard length ?? 0 <= limit else { throw APIError.bodyTooLarge(limit: limit) }
    do {
      return try await body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw APIError.bodyTooLarge(limit: limit)
    }
  }
}
