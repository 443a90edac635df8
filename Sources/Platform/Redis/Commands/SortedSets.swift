/// Which part of a sorted set `zrange` gives.
package enum SortedSetRange: Sendable, Hashable {
  /// Positions, from 0; negative ones count from the end; both ends belong to it.
  case rank(Int, Int)
  /// `BYSCORE`, in the words of Redis: `-inf`, `(5` (above 5), `1700000000000`.
  case score(String, String)
  /// `BYLEX`: `-`, `[a` (from a), `(a` (after a), `+`.
  case lexicographic(String, String)
}

/// A member and what it is sorted by.
package struct ScoredMember: Sendable, Hashable {
  package let member: RedisBytes
  package let score: Double
}

extension RedisSender {

  /// How many of the members there were.
  @discardableResult
  package func zrem(_ key: RedisKey, _ members: [RedisArgument]) async throws -> Int {
    try await send(RedisCommand("ZREM", arguments: [.key(key)] + members)).int()
  }

  /// Members in order, from the range's first bound to its second, or backwards with `reversed` (the lower bound is
  /// still given first). `limit` needs a range by score or lexicographic.
  package func zrange(
    _ key: RedisKey, _ range: SortedSetRange, reversed: Bool = false, limit: (offset: Int, count: Int)? = nil
  ) async throws -> [RedisBytes] {
    let command = RedisCommand.zrange(key, range, reversed: reversed, limit: limit)
    return try await send(command).array().map { try $0.bytes() }
  }

  package func zrangeWithScores(
    _ key: RedisKey, _ range: SortedSetRange, reversed: Bool = false, limit: (offset: Int, count: Int)? = nil
  ) async throws -> [ScoredMember] {
    var command = RedisCommand.zrange(key, range, reversed: reversed, limit: limit)
    command.arguments.append("WITHSCORES")
    let reply = try await send(command)
    let elements = try reply.array()
    guard elements.count.isMultiple(of: 2) else { throw reply.unexpected("pairs of member and score") }
    return try stride(from: 0, to: elements.count, by: 2).map {
      ScoredMember(member: try elements[$0].bytes(), score: try elements[$0 + 1].double())
    }
  }

  package func zcard(_ key: RedisKey) async throws -> Int {
    try await send(RedisCommand("ZCARD", .key(key))).int()
  }

  /// How many members have a score in a range, in the words of Redis: `-inf`, `(5`, `1700000000000`.
  package func zcount(_ key: RedisKey, _ low: String, _ high: String) async throws -> Int {
    try await send(RedisCommand("ZCOUNT", .key(key), .string(low), .string(high))).int()
  }
}

extension RedisCommand {
  fileprivate static func zrange(
    _ key: RedisKey, _ range: SortedSetRange, reversed: Bool, limit: (offset: Int, count: Int)?
  ) -> RedisCommand {
    var arguments: [RedisArgument] = [.key(key)]
    switch range {
    case .rank(let first, let last): arguments += [.int(first), .int(last)]
    // ZRANGE … REV wants the upper bound first.
    case .score(let low, let high):
      arguments += [.string(reversed ? high : low), .string(reversed ? low : high), "BYSCORE"]
    case .lexicographic(let low, let high):
      arguments += [.string(reversed ? high : low), .string(reversed ? low : high), "BYLEX"]
    }
    if reversed { arguments.append("REV") }
    if let limit { arguments += ["LIMIT", .int(limit.offset), .int(limit.count)] }
    return RedisCommand("ZRANGE", arguments: arguments)
  }
}
