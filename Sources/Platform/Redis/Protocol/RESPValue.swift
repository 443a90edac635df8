/// A reply as Redis' protocol 2 has them.
package enum RESPValue: Sendable, Hashable {
  case null
  case integer(Int64)
  /// A status such as `OK`.
  case simple(String)
  case bulk(RedisBytes)
  case array([RESPValue])
  /// `CODE message`. Only inside an array or a pipeline's list: an error reply to one command is thrown.
  case error(String)
}

extension RESPValue {
  package var isNull: Bool { self == .null }

  /// The bytes of a bulk string, or what a status says.
  package func bytes() throws -> RedisBytes {
    switch self {
    case .bulk(let bytes): return bytes
    case .simple(let text): return RedisBytes(text)
    default: throw unexpected("a string")
    }
  }

  package func string() throws -> String {
    switch self {
    case .simple(let text): return text
    case .bulk(let bytes):
      guard let text = bytes.string else { throw unexpected("UTF-8 text") }
      return text
    default: throw unexpected("a string")
    }
  }

  /// An integer reply, or a decimal number in a string.
  package func int64() throws -> Int64 {
    switch self {
    case .integer(let value): return value
    case .bulk(let bytes):
      guard let value = bytes.int64 else { throw unexpected("a 64-bit number") }
      return value
    default: throw unexpected("an integer")
    }
  }

  package func int() throws -> Int {
    guard let value = Int(exactly: try int64()) else { throw unexpected("an integer") }
    return value
  }

  /// A score: a decimal number, `inf` or `-inf` in a string.
  package func double() throws -> Double {
    if case .integer(let value) = self, let exact = Double(exactly: value) { return exact }
    guard case .bulk(let bytes) = self, let value = bytes.string.flatMap(Double.init), !value.isNaN else {
      throw unexpected("a number")
    }
    return value
  }

  package func array() throws -> [RESPValue] {
    guard case .array(let elements) = self else { throw unexpected("an array") }
    return elements
  }

  /// nil for null, otherwise what `read` makes of the value.
  package func optional<Value>(_ read: (RESPValue) throws -> Value) throws -> Value? {
    if case .null = self { return nil }
    return try read(self)
  }

  /// What a caller throws who wanted `wanted` here.
  package func unexpected(_ wanted: String) -> RedisError {
    if case .error(let text) = self { return .server(text) }
    return .unexpectedReply("expected \(wanted), got \(summary)")
  }

  /// The kind and size, never the content: values hold users' data, and errors are logged.
  private var summary: String {
    switch self {
    case .null: "null"
    case .integer: "an integer"
    case .simple: "a status"
    case .bulk(let bytes): "a string of \(bytes.count) bytes"
    case .array(let elements): "an array of \(elements.count)"
    case .error: "an error"
    }
  }
}
