import NIOCore

/// gRPC's length-prefixed messages: one byte for compression, four for the length, then the message.
enum MessageFraming {
  static let prefixLength = 5

  /// A message with its prefix, ready for DATA frames.
  static func frame(_ message: some RPCMessage) throws -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: 256)
    buffer.moveWriterIndex(to: prefixLength)
    try message.encode(into: &buffer)
    guard let length = UInt32(exactly: buffer.writerIndex - prefixLength) else {
      throw MessageError("The message is longer than 4 GiB.")
    }
    buffer.setInteger(UInt8(0), at: 0)
    buffer.setInteger(length, at: 1)
    return buffer
  }

  /// A message without its prefix.
  static func encode(_ message: some RPCMessage) throws -> ByteBuffer {
    var buffer = ByteBuffer()
    do {
      try message.encode(into: &buffer)
    } catch {
      throw RPCError(.internal, "The request cannot be encoded.", cause: error)
    }
    return buffer
  }

  /// `bytes` is the message without its prefix.
  static func decodeRequest<Request: RPCMessage>(_ bytes: ByteBuffer) throws -> Request {
    do {
      return try bytes.withUnsafeReadableBytes { try Request(decoding: $0) }
    } catch {
      throw RPCError.undecodableRequest(error)
    }
  }

  /// `bytes` is the message without its prefix.
  static func decodeResponse<Response: RPCMessage>(_ bytes: ByteBuffer) throws -> Response {
    do {
      return try bytes.withUnsafeReadableBytes { try Response(decoding: $0) }
    } catch {
      throw RPCError.undecodableResponse(error)
    }
  }

  /// `bytes` is one framed message, as ``frame(_:)`` makes it.
  static func decodeFramed<Response: RPCMessage>(_ bytes: ByteBuffer) throws -> Response {
    var bytes = bytes
    bytes.moveReaderIndex(forwardBy: min(prefixLength, bytes.readableBytes))
    return try decodeResponse(bytes)
  }
}
