import NIOCore
import RPC

/// A message whose wire form is whatever bytes it holds.
struct RawBytes: RPCMessage {
  var bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  init(decoding bytes: UnsafeRawBufferPointer) throws {
    self.bytes = Array(bytes)
  }

  func encode(into buffer: inout ByteBuffer) throws {
    buffer.writeBytes(bytes)
  }
}
