import Logging
import Redis

/// Tells the server at times that the entries which wait here are still ours, so that no other consumer takes them
/// over, and how often they have failed, so that this outlives the process.
struct Ownership: Sendable {
  let participant: Participant
  let inbox: Inbox
  /// The publisher's.
  let redis: RedisClient
  let logger: Logger

  /// Entries of one run of the script, which holds up the server meanwhile.
  private static let chunk = 128

  /// Renews a consumer's hold on those of the entries that are pending with it.
  ///
  /// KEYS[1] STREAM
  /// ARGV[1] group, ARGV[2] consumer, then id and number of deliveries in turn
  /// Returns the ids that are not pending with this consumer.
  private static let script = RedisScript(
    """
    -- XCLAIMs entries of KEYS[1] again for ARGV[1]'s consumer ARGV[2], if it has them; returns those that it has not.
    local lost = {}
    for i = 3, #ARGV, 2 do
      if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2]) == 0 then
        lost[#lost + 1] = ARGV[i]
      else
        redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'RETRYCOUNT', ARGV[i + 1], 'JUSTID')
      end
    end
    return lost
    """)

  /// Until cancellation.
  func run() async {
    let idle = inbox.settings.claimIdle
    while (try? await Task.sleep(for: min(idle / 6, .seconds(1)))) != nil {
      do {
        try await renew(untouchedFor: idle / 3)
      } catch {
        logger.debug("the hold on waiting events is not renewed", metadata: ["cause": "\(error)"])
      }
    }
  }

  func renew(untouchedFor idle: Duration) async throws {
    for (subject, entries) in inbox.untouched(since: .now - idle) {
      for start in stride(from: 0, to: entries.count, by: Self.chunk) {
        try await renew(subject, Array(entries[start..<min(entries.count, start + Self.chunk)]))
      }
    }
  }

  /// Tells the server at once what it is to keep of an entry's attempts. False where the entry is not ours any more.
  func renew(_ id: EntryID, kept: Int) async throws -> Bool {
    try await renew(id.subject, [(id.id, kept)]).isEmpty
  }

  /// Returns those that are in other hands.
  @discardableResult
  private func renew(_ subject: Subject, _ entries: [(id: String, kept: Int)]) async throws -> [String] {
    let now = ContinuousClock.now
    let reply = try await redis.run(
      Self.script, keys: [subject.stream],
      arguments: [.string(participant.group), .string(inbox.settings.consumer)]
        + entries.flatMap { [.string($0.id), .int($0.kept)] })
    let lost = try reply.array().map { try $0.string() }
    inbox.touched(subject, entries, at: now)
    guard !lost.isEmpty else { return [] }
    logger.info(
      "events that waited here are in other hands", metadata: ["stream": "\(subject.stream)", "count": "\(lost.count)"])
    inbox.forget(subject, lost)
    return lost
  }
}
