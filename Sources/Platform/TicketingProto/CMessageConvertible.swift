internal import CProtobufC
import NIOCore
import RPC

/// A message that protobuf-c encodes and decodes: copied into and from the C struct that protoc-c made for it.
///
/// Generated types conform. A proto3 number that is negative zero is encoded as no field at all, as protobuf-c does, and
/// arrives as zero.
protocol CMessageConvertible {
  associatedtype CMessage

  static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> { get }

  /// Throws `MessageError` where a string is not UTF-8.
  init(copying message: UnsafeMutablePointer<CMessage>) throws

  /// Sets the fields of an initialised struct; what they point to lives in `arena`.
  func fill(_ message: UnsafeMutablePointer<CMessage>, from arena: inout MessageArena) throws
}

extension CMessageConvertible {
  /// Decodes a message; throws `MessageError` where the bytes are none, or need more than
  /// `MessageLimits.decodedBytes` of memory.
  static func decode(_ bytes: UnsafeRawBufferPointer) throws -> Self {
    try MessageArena.with(limit: MessageLimits.decodedBytes) { arena in
      guard let message = arena.unpack(bytes, descriptor) else {
        throw arena.isExhausted
          ? MessageError("\(name) needs more than \(MessageLimits.decodedBytes) bytes of memory to decode.")
          : MessageError("\(bytes.count) bytes are no \(name).")
      }
      return try Self(copying: message.assumingMemoryBound(to: CMessage.self))
    }
  }

  /// Appends the encoded message to `buffer`; throws `MessageError` where it is larger than
  /// `MessageLimits.encodedBytes`, and leaves `buffer` as it was.
  func encodeMessage(into buffer: inout ByteBuffer) throws {
    try MessageArena.with(limit: MessageLimits.encodingBytes) { arena in
      let message = UnsafeRawPointer(try arena.message(self)).assumingMemoryBound(to: ProtobufCMessage.self)
      let byteCount = protobuf_c_message_get_packed_size(message)
      guard byteCount <= MessageLimits.encodedBytes else {
        throw MessageError(
          "\(Self.name) has \(byteCount) bytes encoded; at most \(MessageLimits.encodedBytes) are allowed.")
      }
      guard byteCount > 0 else { return }
      buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: byteCount) {
        protobuf_c_message_pack(message, $0.baseAddress?.assumingMemoryBound(to: UInt8.self))
      }
    }
  }

  /// For a member of a C union; protobuf-c sets it whenever its case is.
  init(copying message: UnsafeMutablePointer<CMessage>?) throws {
    guard let message else { throw MessageError("\(Self.name) is missing in a oneof.") }
    try self.init(copying: message)
  }

  /// The full name in the .proto.
  private static var name: String { String(cString: descriptor.pointee.name) }
}
