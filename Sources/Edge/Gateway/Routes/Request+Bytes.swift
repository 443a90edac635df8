import HTTPTypes
import Hummingbird
import NIOCore

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
