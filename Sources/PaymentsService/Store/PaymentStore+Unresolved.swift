import Identifiers
import Redis

extension PaymentStore {
  /// Attempts that are due, now this process' until `lease`, and when the next one is (nil: there is none).
  func claimDue(now: UnixTime, lease: UnixTime, limit: Int) async throws -> (claimed: [String], next: UnixTime?) {
    let reply = try await redis.run(
      Self.claimScript, keys: [PaymentKeys.unresolved],
      arguments: [.integer(now.milliseconds), .integer(lease.milliseconds), .int(limit)])
    let parts = try reply.array()
    guard parts.count == 2 else { throw reply.unexpected("ids and a time") }
    let next = try parts[1].optional { UnixTime(milliseconds: Int64(clamping: try $0.double())) }
    return (try parts[0].array().map { try $0.string() }, next)
  }

  /// How many attempts are unresolved, and when the oldest began, of those a hundred that are looked at again first.
  func unresolved() async throws -> (count: Int, oldest: UnixTime?) {
    let ids = try await redis.zrange(PaymentKeys.unresolved, .rank(0, 99)).compactMap {
      $0.string.flatMap { AttemptID($0) }
    }
    let replies = try await redis.send(
      ids.map { RedisCommand("HGET", .key(PaymentKeys.intent($0)), "createdAt") })
    let times = try replies.compactMap { try $0.optional { try $0.int64() } }
    return (try await redis.zcard(PaymentKeys.unresolved), times.min().map { UnixTime(milliseconds: $0) })
  }

  /// Claims what is due in one step, so that each attempt goes to one process.
  private static let claimScript = RedisScript(
    """
    -- Takes attempts that are due and puts them off, so that no other process takes them meanwhile.
    -- KEYS[1] ZSET: unresolved attempts by the time of the next try
    -- ARGV[1] now, ARGV[2] until when they are the caller's, in milliseconds; ARGV[3] how many at most
    -- Returns {{id, …}, the earliest time in the set or nil}
    local due=redis.call('ZRANGE',KEYS[1],'-inf',ARGV[1],'BYSCORE','LIMIT',0,ARGV[3])
    for _,id in ipairs(due) do redis.call('ZADD',KEYS[1],ARGV[2],id) end
    return {due,redis.call('ZRANGE',KEYS[1],0,0,'WITHSCORES')[2] or false}
    """)
}

extension Int64 {
  fileprivate init(clamping value: Double) {
    self = Int64(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
  }
}
