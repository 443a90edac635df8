import NIOCore
import RPC

/// The wire bytes of a message.
func encoded(_ message: some RPCMessage) throws -> [UInt8] {
  var buffer = ByteBuffer()
  try message.encode(into: &buffer)
  return Array(buffer.readableBytesView)
}

/// The message that the bytes hold.
func decoded<Message: RPCMessage>(_ bytes: [UInt8], as type: Message.Type = Message.self) throws -> Message {
  try bytes.withUnsafeBytes { try Message(decoding: $0) }
}

/// What is wrong with the bytes, or nil where they are a message. Any error but `MessageError` is thrown on.
func refusal<Message: RPCMessage>(of bytes: [UInt8], as type: Message.Type) throws -> String? {
  do {
    _ = try decoded(bytes, as: type)
    return nil
  } catch let error as MessageError {
    return error.description
  }
}
