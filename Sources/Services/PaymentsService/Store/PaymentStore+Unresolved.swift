import Identifiers
import Redis

extension PaymentStore {
  /// Attempts that are due, now this process' for as long as `lease`, and in how long the next one is (nil: there is
  /// none); by the server's clock.
  func claimDue(lease: Duration, limit: Int) async throws -> (claimed: [String], next: Duration?) {
    let reply = try await redis.run(
      Self.claimScript, keys: [PaymentKeys.unresolved], arguments: [.integer(lease.wholeMilliseconds), .int(limit)])
    let parts = try reply.array()
    guard parts.count == 2 else { throw reply.unexpected("ids and a time") }
    let next = try parts[1].optional { Duration.milliseconds(try $0.int64()) }
    return (try parts[0].array().map { try $0.string() }, next)
  }

  struct OpenMatters: Sendable {
    let unresolved: Int
    /// Of the oldest of those a hundred that are looked at again first; zero: there is none.
    let age: Duration
    let owed: Int
    let unsettled: Int
  }

  func openMatters() async throws -> OpenMatters {
    let ids = try await redis.zrange(PaymentKeys.unresolved, .rank(0, 99)).compactMap {
      $0.string.flatMap { AttemptID($0) }
    }
    let replies = try await redis.send(
      [RedisCommand("TIME")] + ids.map { RedisCommand("HGET", .key(PaymentKeys.attempt($0)), "createdAt") })
    let now = try replies.first?.serverTime() ?? 0
    let oldest = replies.dropFirst().compactMap { try? $0.int64() }.min() ?? now
    let (age, overflow) = now.subtractingReportingOverflow(oldest)
    return OpenMatters(
      unresolved: try await redis.zcard(PaymentKeys.unresolved), age: overflow ? .zero : .milliseconds(max(0, age)),
      owed: try await redis.zcard(PaymentKeys.owed), unsettled: try await redis.zcard(PaymentKeys.unsettled))
  }

  /// Claims what is due in one step, so that each attempt goes to one process.
  private static let claimScript = RedisScript(
    """
    -- Takes attempts that are due and puts them off, so that no other process takes them meanwhile.
    -- KEYS[1] ZSET: unresolved attempts by the time of the next try
    -- ARGV[1] for how long they are the caller's, in milliseconds; ARGV[2] how many at most
    -- Returns {{id, …}, in how many milliseconds the earliest in the set is due, 0 for what is overdue, or nil}
    local t=redis.call('TIME') local now=t[1]*1000+math.floor(t[2]/1000)
    local due=redis.call('ZRANGE',KEYS[1],'-inf',now,'BYSCORE','LIMIT',0,ARGV[2])
    for _,id in ipairs(due) do redis.call('ZADD',KEYS[1],now+ARGV[1],id) end
    local first=redis.call('ZRANGE',KEYS[1],0,0,'WITHSCORES')[2]
    return {due,first and math.max(0,math.min(math.ceil(first-now),86400000)) or false}
    """)
}
