import NIOCore

/// One argument of a command, written to the connection as a bulk string without an intermediate copy.
package enum RedisArgument: Sendable, Hashable {
  case string(String)
  case bytes([UInt8])
  case buffer(ByteBuffer)
  /// Decimal text: exact for every Int64, and `HINCRBY`, `redis-cli` and people read it as it is.
  case integer(Int64)
  /// The shortest decimal text that reads back as the same double.
  case double(Double)

  package static func key(_ key: RedisKey) -> RedisArgument { .string(key.name) }
  package static func int(_ value: Int) -> RedisArgument { .integer(Int64(value)) }
}

extension RedisArgument: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
}

extension RedisArgument {
  /// The bytes that Redis will see; for tests and for people.
  package var text: String {
    switch self {
    case .string(let text): text
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    case .buffer(let buffer): String(decoding: buffer.readableBytesView, as: UTF8.self)
    case .integer(let value): String(value)
    case .double(let value): value.description
    }
  }
}
