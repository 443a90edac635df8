import Redis

/// What a group has not been given yet, counted in the stream itself. The `lag` that Redis 7.0 tells is wrong once
/// entries have been trimmed that the group had not read.
package struct Backlog: Sendable, Hashable {
  package let count: Int
  /// There are more than were counted.
  package let isCut: Bool
  /// The oldest of them.
  package let firstID: String?

  /// Counts without carrying the entries over.
  ///
  /// KEYS[1] STREAM
  /// ARGV[1] the entry after which to count, ARGV[2] how many at most
  /// Returns {count, first id, last id}, or {0}.
  fileprivate static let script = RedisScript(
    """
    -- Counts entries of KEYS[1] after ARGV[1], ARGV[2] at most, and says which is the first and which the last.
    local found = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])
    if #found == 0 then return {0} end
    return {#found, found[1][1], found[#found][1]}
    """)
  /// Entries of one run of the script, which holds up the server meanwhile.
  fileprivate static let page = 500
}

extension RedisSender {
  /// How many entries a stream has after `id`; counts no further than `limit`.
  package func backlog(of stream: RedisKey, after id: String, limit: Int = 100_000) async throws -> Backlog {
    var count = 0
    var firstID: String?
    var last = id
    while count < limit {
      let reply = try await run(
        Backlog.script, keys: [stream], arguments: [.string(last), .int(min(Backlog.page, limit - count))])
      let parts = try reply.array()
      guard parts.count == 3 else { return Backlog(count: count, isCut: false, firstID: firstID) }
      count += try parts[0].int()
      firstID = try firstID ?? parts[1].string()
      last = try parts[2].string()
    }
    return Backlog(count: count, isCut: true, firstID: firstID)
  }
}
