/// When a `SET` takes place.
package enum SetCondition: String, Sendable {
  case always = ""
  /// `NX`
  case ifAbsent = "NX"
  /// `XX`
  case ifPresent = "XX"
}

extension RedisSender {
  /// nil where the key is absent.
  package func get(_ key: RedisKey) async throws -> RedisBytes? {
    try await send(RedisCommand("GET", .key(key))).optional { try $0.bytes() }
  }

  /// False where the condition did not hold. `expiry` in whole milliseconds, one at least.
  @discardableResult
  package func set(
    _ key: RedisKey, _ value: RedisArgument, expiry: Duration? = nil, when condition: SetCondition = .always
  ) async throws -> Bool {
    var command = RedisCommand("SET", .key(key), value)
    if let expiry { command.arguments += ["PX", .integer(try expiry.redisMilliseconds())] }
    if condition != .always { command.arguments.append(.string(condition.rawValue)) }
    return try await !send(command).isNull
  }

  /// The value after the addition; an absent key counts as 0.
  @discardableResult
  package func incr(_ key: RedisKey, by amount: Int64 = 1) async throws -> Int64 {
    try await send(RedisCommand("INCRBY", .key(key), .integer(amount))).int64()
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
