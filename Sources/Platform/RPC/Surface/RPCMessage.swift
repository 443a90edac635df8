import NIOCore

/// A protobuf message. Generated types conform.
package protocol RPCMessage: Sendable {
  /// Throws ``MessageError`` for malformed bytes; never traps. The bytes are valid only during the call.
  init(decoding bytes: UnsafeRawBufferPointer) throws

  /// Appends the wire bytes to `buffer`, and leaves what is in it untouched.
  func encode(into buffer: inout ByteBuffer) throws
}

/// Why bytes are no such message, or why a message cannot be encoded.
package struct MessageError: Error, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
