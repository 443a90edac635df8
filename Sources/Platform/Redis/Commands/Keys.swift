/// What `TYPE` says of a key.
package enum RedisType: String, Sendable, CaseIterable {
  case none, string, list, set, zset, hash, stream
}

extension RedisSender {
  /// How many of the keys there were.
  @discardableResult
  package func del(_ keys: RedisKey...) async throws -> Int {
    try await send(RedisCommand("DEL", arguments: keys.map { .key($0) })).int()
  }

  package func exists(_ key: RedisKey) async throws -> Bool {
    try await send(RedisCommand("EXISTS", .key(key))).int() > 0
  }

  package func type(_ key: RedisKey) async throws -> RedisType {
    let reply = try await send(RedisCommand("TYPE", .key(key)))
    guard let type = RedisType(rawValue: try reply.string()) else { throw reply.unexpected("a type of key") }
    return type
  }

  /// False where the key is absent.
  @discardableResult
  package func pexpire(_ key: RedisKey, after expiry: Duration) async throws -> Bool {
    try await send(RedisCommand("PEXPIRE", .key(key), .integer(expiry.redisMilliseconds()))).int() == 1
  }

  /// nil where the key is absent or does not expire.
  package func pttl(_ key: RedisKey) async throws -> Duration? {
    let milliseconds = try await send(RedisCommand("PTTL", .key(key))).int64()
    return milliseconds < 0 ? nil : .milliseconds(milliseconds)
  }

  /// One step of an iteration over the keys that match a glob; begins and ends with the cursor `0`. A key may come
  /// more than once.
  package func scan(
    cursor: String = "0", match pattern: String? = nil, count: Int = 100
  ) async throws -> (cursor: String, keys: [RedisKey]) {
    var command = RedisCommand("SCAN", .string(cursor))
    if let pattern { command.arguments += ["MATCH", .string(pattern)] }
    command.arguments += ["COUNT", .int(count)]
    let reply = try await send(command)
    let parts = try reply.array()
    guard parts.count == 2 else { throw reply.unexpected("a cursor and keys") }
    return (try parts[0].string(), try parts[1].array().map { RedisKey(try $0.string()) })
  }
}
