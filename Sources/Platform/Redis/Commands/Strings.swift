extension RedisSender {
  /// nil where the key is absent.
  package func get(_ key: RedisKey) async throws -> RedisBytes? {
    try await send(RedisCommand("GET", .key(key))).optional { try $0.bytes() }
  }
}

extension Duration {
  /// Whole milliseconds, rounded up. Throws `invalidRequest` for less than one or more than a hundred years.
  func redisMilliseconds() throws -> Int64 {
    let (seconds, attoseconds) = components
    guard self > .zero, seconds <= 3_155_760_000 else {
      throw RedisError.invalidRequest("an expiry is between a millisecond and a hundred years, not \(self)")
    }
    return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
  }
}
