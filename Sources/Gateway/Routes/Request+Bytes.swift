import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

extension Request {
  /// The whole body. Throws `APIError` where it has more than `limit` bytes.
  package func bytes(limit: Int) async throws -> ByteBuffer {
    let length = headers[.contentLength].flatMap { Int($0) }
    guard length ?? 0 <= limit else { throw APIError.bodyTooLarge(limit: limit) }
    let bytes: ByteBuffer
    do {
      bytes = try await body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw APIError.bodyTooLarge(limit: limit)
    }
    // A connection that is closed from our side ends the body without an error.
    guard length == nil || length == bytes.readableBytes else { throw HTTPParserError.invalidEOFState }
    return bytes
  }
}
