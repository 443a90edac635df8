import Redis

/// What is stored at a key is not what this platform writes there.
package struct MalformedRecord: Error, CustomStringConvertible {
  private let key: RedisKey
  private let field: String?

  package init(_ key: RedisKey, _ field: String? = nil) {
    self.key = key
    self.field = field
  }

  package var description: String {
    "what is stored at \(key.name) is malformed\(field.map { ": \($0)" } ?? "") (redis-cli: HGETALL '\(key.name)')"
  }
}

extension RedisError {
  /// The store answers, but what it holds is not what this platform writes there.
  package var isMalformedRecord: Bool { kind == .unexpectedReply || code == "WRONGTYPE" }
}
