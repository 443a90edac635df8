import Identifiers
import NIOCore
import RPC
import Redis

extension RedisArgument {
  /// In Unix milliseconds.
  package static func time(_ time: UnixTime) -> RedisArgument { .integer(time.milliseconds) }
}

/// Messages as they are remembered beside what they answered.
extension RPCMessage {
  package init(encoded bytes: [UInt8]) throws {
    self = try bytes.withUnsafeBytes { try Self(decoding: $0) }
  }

  package func encoded() throws -> [UInt8] {
    var buffer = ByteBuffer()
    try encode(into: &buffer)
    return Array(buffer.readableBytesView)
  }
}
