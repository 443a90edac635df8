import Identifiers
import Logging
import Redis

/// Takes over what nobody of the group shows a sign of life about, whatever name it stands under, and removes the names
/// of consumers that are gone.
struct PendingReclaimer: Sendable {
  let participant: Participant
  let subjects: [Subject]
  let inbox: Inbox
  let pending: PendingReader
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

  /// Makes idle entries this consumer's own, page by page as it has room for them, until there are no more. Entries of
  /// its own that it has given back, or that a lost reply has kept from it, are found the same way.
  func takeOver(_ subject: Subject) async throws {
    var cursor = "0-0"
    var count = 0
    repeat {
      while !inbox.hasRoomInLanes {
        try Task.checkCancellation()
        await inbox.roomToTakeOver.wait()
      }
      let claimed = try await redis.xautoclaimIDs(
        subject.stream, group: participant.group, consumer: settings.consumer, idle: settings.claimIdle, from: cursor,
        count: settings.batch)
      cursor = claimed.next
      // Its own may be idle too, where it has not come to renew them.
      let ids = claimed.ids.filter { !inbox.holds(EntryID(subject: subject, id: $0)) }
      guard !ids.isEmpty else { continue }
      count += ids.count
      // Not among the commands of others: a reply that is too large ends the connection.
      try await redis.withBlockingConnection { try await pending.read(subject, ids, on: $0) }
    } while cursor != "0-0"
    guard count > 0 else { return }
    logger.notice(
      "took up events about which nobody showed a sign of life",
      metadata: ["stream": "\(subject.stream)", "count": "\(count)"])
  }

  func removeConsumers(of subject: Subject, idleFor idle: Duration) async throws {
    let removed = try await redis.run(
      Self.removal, keys: [subject.stream],
      arguments: [.string(participant.group), .integer(idle.wholeMilliseconds), .string(settings.consumer)]
    ).int()
    if removed > 0 {
      logger.info("removed consumers", metadata: ["stream": "\(subject.stream)", "count": "\(removed)"])
    }
  }
}
