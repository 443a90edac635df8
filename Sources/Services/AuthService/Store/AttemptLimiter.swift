import Redis

/// Counts attempts per minute and subject (an account, an address) in Redis, so that all replicas count together.
struct AttemptLimiter: Sendable {
  let redis: RedisClient

  /// How often something may be tried in a minute by each subject.
  struct Limit: Sendable {
    let action: String
    let subject: String
    /// 0: no limit.
    let perMinute: Int
  }

  /// Counts one attempt against each limit. Throws `AuthError.rateLimited` where one is used up.
  func count(_ limits: [Limit]) async throws {
    for limit in limits where limit.perMinute > 0 {
      let reply = try await redis.run(
        Self.script, keys: [AuthKeys.attempts(limit.action, limit.subject)], arguments: ["60000"])
      let numbers = try reply.array().map { try $0.int64() }
      guard let attempts = numbers.first, let restMilliseconds = numbers.last else {
        throw reply.unexpected("a count and a time")
      }
      guard attempts <= Int64(limit.perMinute) else {
        throw AuthError.rateLimited(retryAfter: .milliseconds(max(restMilliseconds, 1000)))
      }
    }
  }

  private static let script = RedisScript(
    """
    -- Adds one to a counter whose window begins with its first attempt.
    -- KEYS[1] counter (STRING)  ARGV[1] window in ms  returns {attempts, ms left}
    local attempts = redis.call('INCR', KEYS[1])
    if attempts == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
    return {attempts, redis.call('PTTL', KEYS[1])}
    """)
}
