import Identifiers
import Redis

/// The farewell of a consumer that stops in order: what it has not finished, others may take over at once, and where
/// there is nothing left its name goes too.
struct Release: Sendable {
  let participant: Participant
  let subjects: [Subject]
  let settings: SubscriberSettings
  /// The publisher's.
  let redis: RedisClient

  /// KEYS[1] STREAM
  /// ARGV[1] group, ARGV[2] consumer, ARGV[3] idle time in milliseconds that its entries get
  /// Returns how many entries it had, 1000 at most.
  private static let script = RedisScript(
    """
    -- Ages what is pending in KEYS[1] with ARGV[1]'s consumer ARGV[2] to ARGV[3] ms; removes it where nothing is.
    local pending = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1000, ARGV[2])
    for _, entry in ipairs(pending) do
      redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, entry[1], 'IDLE', ARGV[3], 'JUSTID')
    end
    if #pending == 0 then redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2]) end
    return #pending
    """)

  func run() async throws {
    let idle = settings.claimIdle.wholeMilliseconds + 1
    for subject in subjects {
      _ = try await redis.run(
        Self.script, keys: [subject.stream],
        arguments: [.string(participant.group), .string(settings.consumer), .integer(idle)])
    }
  }
}
