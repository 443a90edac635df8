@testable import Redis

// Commands that only tests use.

/// When a `SET` takes place.
package enum SetCondition: String, Sendable {
  case always = ""
  /// `NX`
  case ifAbsent = "NX"
  /// `XX`
  case ifPresent = "XX"
}

/// What `XAUTOCLAIM` took over.
package struct ClaimedEntries: Sendable, Hashable {
  /// Where the next call goes on; `0-0` when all has been looked at.
  package let next: String
  package let entries: [StreamEntry]
  /// Entries that were pending but are no longer in the stream; the server has dropped them from the group.
  package let deletedIDs: [String]

  init(_ reply: RESPValue) throws {
    let parts = try reply.array()
    guard parts.count >= 2 else { throw reply.unexpected("a cursor and entries") }
    next = try parts[0].string()
    // Redis 6.2 has a null in place of an entry that was deleted, later ones a third element with their ids.
    entries = try parts[1].array().filter { !$0.isNull }.map(StreamEntry.init)
    deletedIDs = parts.count > 2 ? try parts[2].array().map { try $0.string() } : []
  }
}

extension RedisSender {
  /// How many of the fields are new.
  @discardableResult
  package func hset(_ key: RedisKey, _ fields: [(String, RedisArgument)]) async throws -> Int {
    let command = RedisCommand("HSET", arguments: [.key(key)] + fields.flatMap { [.string($0.0), $0.1] })
    return try await send(command).int()
  }

  /// How many of the fields there were.
  @discardableResult
  package func hdel(_ key: RedisKey, _ fields: [String]) async throws -> Int {
    try await send(RedisCommand("HDEL", arguments: [.key(key)] + fields.map { .string($0) })).int()
  }

  /// How many of the keys there were.
  @discardableResult
  package func del(_ keys: RedisKey...) async throws -> Int {
    try await send(RedisCommand("DEL", arguments: keys.map { .key($0) })).int()
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

  /// The user that the connection is authenticated as.
  package func aclWhoAmI() async throws -> String {
    try await send(RedisCommand("ACL", "WHOAMI")).string()
  }

  /// How many of the members are new. A score is a double: whole numbers are exact to 2^53.
  @discardableResult
  package func zadd(_ key: RedisKey, _ members: [(Double, RedisArgument)]) async throws -> Int {
    guard !members.contains(where: \.0.isNaN) else { throw RedisError.invalidRequest("a score is not a number") }
    let command = RedisCommand("ZADD", arguments: [.key(key)] + members.flatMap { [.double($0.0), $0.1] })
    return try await send(command).int()
  }

  /// nil where the key or the member is absent.
  package func zscore(_ key: RedisKey, _ member: RedisArgument) async throws -> Double? {
    try await send(RedisCommand("ZSCORE", .key(key), member)).optional { try $0.double() }
  }

  /// Takes over entries that have been pending for `idle` or longer, from `start` on. Goes on with the answer's
  /// `next` until that is `0-0`.
  package func xautoclaim(
    _ key: RedisKey, group: String, consumer: String, idle: Duration, from start: String = "0-0", count: Int = 100
  ) async throws -> ClaimedEntries {
    let command = RedisCommand(
      "XAUTOCLAIM", .key(key), .string(group), .string(consumer), .integer(try idle.redisMilliseconds()),
      .string(start), "COUNT", .int(count))
    return try ClaimedEntries(await send(command))
  }

  /// The new entry's id.
  @discardableResult
  package func xadd(
    _ key: RedisKey, id: String = "*", _ fields: [(String, RedisArgument)]
  ) async throws -> String {
    let command = RedisCommand("XADD", arguments: [.key(key), .string(id)] + fields.flatMap { [.string($0.0), $0.1] })
    return try await send(command).string()
  }

  /// Removes entries with a smaller id; exactly, not at the next node's border. How many there were.
  @discardableResult
  package func xtrim(_ key: RedisKey, minID: String) async throws -> Int {
    try await send(RedisCommand("XTRIM", .key(key), "MINID", .string(minID))).int()
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
