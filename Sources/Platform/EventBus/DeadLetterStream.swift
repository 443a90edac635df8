import Redis

/// What a group gave up on of one subject, for a person who looks at it and decides.
package struct DeadLetterStream: Sendable {
  package let subject: Subject
  package let group: Participant
  /// The publisher's.
  let redis: RedisClient

  package init(_ subject: Subject, of group: Participant, redis: RedisClient) {
    self.subject = subject
    self.group = group
    self.redis = redis
  }

  package var key: RedisKey { subject.deadLetters(of: group) }

  /// The oldest first.
  package func letters(from start: String = "-", count: Int) async throws -> [DeadLetter] {
    try await redis.xrange(key, from: start, count: count).map(DeadLetter.init)
  }

  package func letter(_ id: String) async throws -> DeadLetter? {
    try await redis.xrange(key, from: id, to: id).first.map(DeadLetter.init)
  }

  package func count() async throws -> Int { try await redis.xlen(key) }

  package enum RetryOutcome: Sendable, Hashable {
    /// The entry is pending in the group again, and nobody else hears of it.
    case pendingAgain
    /// The entry had been trimmed, so a copy was published. Other groups hear of it too; for those that have applied
    /// it, it is a duplicate by its version.
    case publishedAgain
    case noSuchLetter
    case noGroup
  }

  /// Gives a letter's event to its group again, and removes the letter, in one step.
  ///
  /// The entry that the group gave up on becomes pending again, in the name of a consumer that never comes: whoever of
  /// the group is alive takes it over, as it does with those of a dead consumer, with all attempts before it.
  /// What puts it back comes before what removes it, so an error in between loses nothing.
  ///
  /// KEYS[1] STREAM the subject's; KEYS[2] STREAM dead letters
  /// ARGV[1] group, ARGV[2] the letter, ARGV[3] consumer, ARGV[4] idle time in milliseconds that the entry gets
  /// Returns 1 (pending again), 2 (published again), 0 (no such letter), -1 (no such group).
  private static let retryScript = RedisScript(
    """
    -- Makes the entry that KEYS[2]'s letter ARGV[2] tells of pending again in KEYS[1]'s group ARGV[1], and removes it.
    local letter = redis.call('XRANGE', KEYS[2], ARGV[2], ARGV[2])[1]
    if not letter then return 0 end
    local fields, source, size = letter[2], nil, #letter[2]
    -- The last three are the notes of who gave up.
    for i = math.max(1, size - 5), size, 2 do
      if fields[i] == 'source' then source, size = fields[i + 1], i - 1 break end
    end
    local known = false
    if redis.call('EXISTS', KEYS[1]) == 1 then
      for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do known = known or group[2] == ARGV[1] end
    end
    if not known then return -1 end
    local outcome = 1
    if not source or #redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[3], 0, source, 'IDLE', ARGV[4], 'RETRYCOUNT', 0,
        'FORCE', 'JUSTID') == 0 then
      redis.call('XADD', KEYS[1], '*', unpack(fields, 1, size))
      outcome = 2
    end
    redis.call('XDEL', KEYS[2], ARGV[2])
    return outcome
    """)

  /// Longer than any `CLAIM_IDLE_MS`: the entry may be taken over at once.
  private static let idle: Int64 = 24 * 60 * 60 * 1000

  package func retry(_ id: String) async throws -> RetryOutcome {
    let reply = try await redis.run(
      Self.retryScript, keys: [subject.stream, key],
      arguments: [.string(group.group), .string(id), "retried-dead-letters", .integer(Self.idle)])
    return switch try reply.int() {
    case 1: .pendingAgain
    case 2: .publishedAgain
    case -1: .noGroup
    default: .noSuchLetter
    }
  }

  /// Removes a letter for good; false: there is none.
  package func discard(_ id: String) async throws -> Bool {
    try await redis.send(RedisCommand("XDEL", .key(key), .string(id))).int() == 1
  }
}

/// An event that a group gave up on.
package struct DeadLetter: Sendable, Hashable {
  /// The event's own fields, then source, reason, deliveries.
  package let entry: StreamEntry

  package var id: String { entry.id }
  /// The id of the entry in the subject's stream.
  package var source: String { text("source") }
  package var reason: String { text("reason") }
  package var deliveries: Int64? { last("deliveries")?.int64 }

  private func text(_ name: String) -> String { last(name)?.description ?? "" }

  /// The notes come after the event's own fields, whatever their names are.
  private func last(_ name: String) -> RedisBytes? {
    entry.fields?.reduce(nil) { $1.name == name ? $1.value : $0 }
  }
}
