import Logging
import Redis

/// Where events go for which a group has found no other end: a stream beside the subject's own, for a person to look at.
struct DeadLetters: Sendable {
  let participant: Participant
  let consumer: String
  /// The publisher's.
  let redis: RedisClient
  let logger: Logger

  private static let longestReason = 500

  /// Moves an entry of a stream to the dead letters and acknowledges it, both or neither. Nothing happens where
  /// another consumer has the entry by now.
  ///
  /// Thousands of deliveries are trials: the weight that ``DeliveryHistory`` gives them. A number of its own, because scripts
  /// stand in their files as they run, where the deployment's tests read them.
  ///
  /// KEYS[1] STREAM the entry's; KEYS[2] STREAM dead letters
  /// ARGV group, consumer, entry's id, reason, deliveries
  /// Returns 1; 0 where the entry is not this consumer's.
  private static let script = RedisScript(
    """
    -- Moves KEYS[1]'s entry ARGV[3] to KEYS[2], if it is pending with ARGV[1]'s consumer ARGV[2].
    local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2])
    if #pending == 0 then return 0 end
    local found = redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3])
    if #found == 1 then
      local letter = {}
      -- A Lua call takes some 8,000 arguments.
      for i = 1, math.min(#found[1][2], 1000) do letter[i] = found[1][2][i] end
      -- Thousands are trials.
      local deliveries = pending[1][4] % 1000
      local notes = {'source', ARGV[3], 'reason', ARGV[4], 'deliveries', math.max(deliveries, tonumber(ARGV[5]))}
      for i = 1, #notes do letter[#letter + 1] = notes[i] end
      redis.call('XADD', KEYS[2], '*', unpack(letter))
    end
    redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
    return 1
    """)

  func add(_ id: EntryID, reason: String, deliveries: Int, header: EventHeader?) async throws {
    let letters = id.subject.deadLetters(of: participant)
    let reason = String(decoding: reason.utf8.prefix(Self.longestReason), as: UTF8.self)
    do {
      let moved = try await redis.run(
        Self.script, keys: [id.subject.stream, letters],
        arguments: [
          .string(participant.group), .string(consumer), .string(id.id), .string(reason), .int(deliveries),
        ]
      ).int()
      guard moved == 1 else { return }
    } catch let error as RedisError where error.code == "NOGROUP" {
      // It is read again when the group is made again.
      return
    }
    logger.error(
      """
      an event has gone to the dead letters; look at it with `ticketing events dead`, or redis-cli: XRANGE \
      '\(letters)' - +. When the cause is mended, `ticketing events retry` gives it to this service again
      """,
      metadata: [
        "reason": "\(reason)", "stream": "\(id.subject.stream)", "entry": "\(id.id)", "key": "\(header?.key ?? "")",
        "version": "\(header.map { "\($0.version)" } ?? "")", "trace": "\(header?.trace ?? "")",
      ])
  }
}
