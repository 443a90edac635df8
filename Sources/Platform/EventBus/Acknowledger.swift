import Logging
import Redis

/// Tells the server what has been applied: one command a stream for all that has come together meanwhile.
struct Acknowledger: Sendable {
  let participant: Participant
  let inbox: Inbox
  /// The publisher's.
  let redis: RedisClient
  let logger: Logger

  /// Until cancellation.
  func run() async {
    while !Task.isCancelled {
      await inbox.hasApplied.wait()
      await acknowledgeAll()
    }
  }

  /// Does not wait for its turn, nor for a server that is away: that it was applied is told again with the others.
  func acknowledgeOnce(_ id: EntryID) async {
    _ = try? await redis.xack(id.subject.stream, group: participant.group, [id.id])
  }

  /// Tries until all that is there now is acknowledged, or until cancellation.
  func acknowledgeAll() async {
    for (subject, ids) in inbox.takeApplied() {
      await acknowledge(subject, ids)
    }
  }

  private func acknowledge(_ subject: Subject, _ ids: [String]) async {
    var backoff = Backoff(first: inbox.settings.firstBackoff, limit: inbox.settings.longestBackoff)
    while !Task.isCancelled {
      do {
        try await redis.xack(subject.stream, group: participant.group, ids)
        return inbox.forget(subject, ids)
      } catch {
        logger.debug(
          "applied events are not acknowledged yet", metadata: ["stream": "\(subject.stream)", "cause": "\(error)"])
        try? await Task.sleep(for: backoff.next())
      }
    }
  }
}
