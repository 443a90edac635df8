import Logging
import Redis

/// Takes over what consumers hold that show no sign of life, and removes the names of those that are gone.
struct PendingReclaimer: Sendable {
  let participant: Participant
  let subjects: [Subject]
  let inbox: Inbox
  /// The publisher's.
  let redis: RedisClient
  let logger: Logger

  private var settings: SubscriberSettings { inbox.settings }

  /// Removes consumers that have had nothing pending, and done nothing, for a time: in one step, because what is
  /// pending with a consumer is lost to the group when that is removed.
  ///
  /// KEYS[1] STREAM
  /// ARGV[1] group, ARGV[2] milliseconds, ARGV[3] a consumer that stays
  /// Returns how many were removed.
  private static let removal = RedisScript(
    """
    -- Removes KEYS[1]'s group ARGV[1]'s consumers that are idle for ARGV[2] ms with nothing pending, but not ARGV[3].
    local removed = 0
    for _, fields in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
      local consumer = {}
      for i = 1, #fields, 2 do consumer[fields[i]] = fields[i + 1] end
      if consumer.pending == 0 and consumer.idle >= tonumber(ARGV[2]) and consumer.name ~= ARGV[3] then
        redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer.name)
        removed = removed + 1
      end
    end
    return removed
    """)

  /// Until cancellation.
  func run() async {
    while (try? await Task.sleep(for: settings.claimIdle / 4 * .random(in: 0.75...1.25))) != nil {
      do {
        for subject in subjects {
          try await takeOver(subject)
          try await removeConsumers(of: subject, idleFor: max(settings.claimIdle * 40, .seconds(60)))
        }
      } catch {
        logger.debug("dead consumers cannot be looked for", metadata: ["cause": "\(error)"])
      }
    }
  }

  /// Makes idle entries this consumer's own, as many as it has room for; the reader then finds them among its own
  /// pending ones. Entries of this consumer's that a lost reply has kept from it are found the same way.
  func takeOver(_ subject: Subject) async throws {
    var cursor = "0-0"
    var room = min(inbox.room(for: subject), settings.batch * 2)
    var count = 0
    while room > 0 {
      let claimed = try await redis.xautoclaimIDs(
        subject.stream, group: participant.group, consumer: settings.consumer, idle: settings.claimIdle, from: cursor,
        count: room)
      count += claimed.ids.count
      room -= claimed.ids.count
      cursor = claimed.next
      if cursor == "0-0" { break }
    }
    guard count > 0 else { return }
    inbox.requestReread(of: subject)
    logger.notice(
      "took over events of a consumer that shows no sign of life",
      metadata: ["stream": "\(subject.stream)", "count": "\(count)"])
  }

  func removeConsumers(of subject: Subject, idleFor idle: Duration) async throws {
    let milliseconds = idle.components.seconds * 1000
    let removed = try await redis.run(
      Self.removal, keys: [subject.stream],
      arguments: [.string(participant.group), .integer(milliseconds), .string(settings.consumer)]
    ).int()
    if removed > 0 {
      logger.info("removed consumers", metadata: ["stream": "\(subject.stream)", "count": "\(removed)"])
    }
  }
}
