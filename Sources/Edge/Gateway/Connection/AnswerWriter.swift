import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Writes the body of an answer: to a client at once where its parts come as they happen, else together.
struct AnswerWriter: ResponseBodyWriter {
  let connection: ClientConnection
  let isStreaming: Bool

  /// Waits while the client has not read what came before.
  func write(_ buffer: ByteBuffer) async throws {
    let part = HTTPServerResponsePart.body(.byteBuffer(buffer))
    if isStreaming {
      connection.channel.writeAndFlush(part, promise: nil)
    } else {
      connection.channel.write(part, promise: nil)
    }
    try await connection.room()
  }

  consuming func finish(_ trailers: HTTPFields?) async throws {
    connection.channel.writeAndFlush(HTTPServerResponsePart.end(trailers.map { HTTPHeaders($0) }), promise: nil)
    try await connection.room()
  }
}
