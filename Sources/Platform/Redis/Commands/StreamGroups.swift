/// What to read of a stream in a group.
package enum GroupPosition: Sendable, Hashable {
  /// `>`: entries that nobody in the group has been given yet.
  case new
  /// The consumer's own pending entries after an id; `0` for all.
  case pending(after: String)

  var text: String {
    switch self {
    case .new: ">"
    case .pending(let id): id
    }
  }
}

extension RedisSender {
  /// False where the group is there already. `MKSTREAM`: the stream is created with it.
  @discardableResult
  package func xgroupCreate(_ key: RedisKey, group: String, from id: String = "0") async throws -> Bool {
    do {
      _ = try await send(RedisCommand("XGROUP", "CREATE", .key(key), .string(group), .string(id), "MKSTREAM"))
      return true
    } catch let error as RedisError where error.code == "BUSYGROUP" {
      return false
    }
  }

  /// Entries per stream, in the order of `streams`; streams without any are left out. Throws with code `NOGROUP`
  /// where a stream or its group is gone.
  ///
  /// With `block` the server holds the answer back until there is an entry or that time is over: only on a
  /// `RedisBlockingConnection`. The deadline is `block` and the command's usual time on top.
  package func xreadgroup(
    group: String, consumer: String, _ streams: [(RedisKey, GroupPosition)], count: Int, block: Duration? = nil,
    timeout: Duration = .seconds(5)
  ) async throws -> [(stream: RedisKey, entries: [StreamEntry])] {
    var arguments: [RedisArgument] = ["GROUP", .string(group), .string(consumer), "COUNT", .int(count)]
    // BLOCK 0 would be for ever, so the shortest block is a millisecond.
    if let block { arguments += ["BLOCK", .integer(try block.redisMilliseconds())] }
    arguments.append("STREAMS")
    arguments += streams.map { .key($0.0) }
    arguments += streams.map { .string($0.1.text) }
    let reply = try await send(RedisCommand("XREADGROUP", arguments: arguments), timeout: (block ?? .zero) + timeout)
    return try StreamEntry.listByStream(reply)
  }

  /// How many of the entries were pending.
  @discardableResult
  package func xack(_ key: RedisKey, group: String, _ ids: [String]) async throws -> Int {
    guard !ids.isEmpty else { return 0 }
    return try await send(RedisCommand("XACK", arguments: [.key(key), .string(group)] + ids.map { .string($0) })).int()
  }

  /// The same, but gives only ids back (`JUSTID`), and does not count as a delivery.
  package func xautoclaimIDs(
    _ key: RedisKey, group: String, consumer: String, idle: Duration, from start: String = "0-0", count: Int = 100
  ) async throws -> (next: String, ids: [String]) {
    let reply = try await send(
      RedisCommand(
        "XAUTOCLAIM", .key(key), .string(group), .string(consumer), .integer(try idle.redisMilliseconds()),
        .string(start), "COUNT", .int(count), "JUSTID"))
    let parts = try reply.array()
    guard parts.count >= 2 else { throw reply.unexpected("a cursor and ids") }
    return (try parts[0].string(), try parts[1].array().map { try $0.string() })
  }

  /// Pending entries of a group, oldest first, with who has them, for how long, and how often they were delivered.
  package func xpending(
    _ key: RedisKey, group: String, consumer: String? = nil, idle: Duration? = nil, from start: String = "-",
    to end: String = "+", count: Int
  ) async throws -> [PendingEntry] {
    var arguments: [RedisArgument] = [.key(key), .string(group)]
    if let idle { arguments += ["IDLE", .integer(try idle.redisMilliseconds())] }
    arguments += [.string(start), .string(end), .int(count)]
    if let consumer { arguments.append(.string(consumer)) }
    return try await send(RedisCommand("XPENDING", arguments: arguments)).array().map(PendingEntry.init)
  }

  package func xinfoGroups(_ key: RedisKey) async throws -> [GroupInfo] {
    try await send(RedisCommand("XINFO", "GROUPS", .key(key))).array().map { try GroupInfo(RedisFieldValues($0)) }
  }
}
