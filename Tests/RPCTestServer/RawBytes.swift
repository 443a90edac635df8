import NIOCore
import RPC

/// A message whose wire form is whatever bytes it holds.
struct RawBytes: RPCMessage {
  var bytes: ByteBuffer

  init(_ bytes: ByteBuffer) {
    self.bytes = bytes
  }

  init(_ text: String) {
    self.bytes = ByteBuffer(string: text)
  }

  init(decoding bytes: UnsafeRawBufferPointer) throws {
    self.bytes = ByteBuffer(bytes: bytes)
  }

  func encode(into buffer: inout ByteBuffer) throws {
    buffer.writeImmutableBuffer(bytes)
  }

  var text: String { String(buffer: bytes) }
}
