import Logging
import Redis

/// Reads the streams of one publisher on a connection of its own: what is new, and first what this consumer was given
/// before and has not acknowledged.
struct StreamReader: Sendable {
  let participant: Participant
  let subjects: [Subject]
  let inbox: Inbox
  let pending: PendingReader
  let outage: StoreOutageLog
  /// The publisher's.
  let redis: RedisClient
  let logger: Logger

  /// While there is more to be read again, the reads of what is new must end soon.
  private static let shortBlock: Duration = .milliseconds(1)

  private var settings: SubscriberSettings { inbox.settings }

  /// Until cancellation.
  func run() async {
    var backoff = Backoff(first: settings.firstBackoff, limit: settings.longestBackoff)
    var batch = settings.batch
    var reported: String?
    while !Task.isCancelled {
      do {
        try await redis.withBlockingConnection { connection in
          try await makeGroups(on: connection)
          // Streams whose pending entries are being read again, with the last of them.
          var unfinished = Dictionary(uniqueKeysWithValues: subjects.map { ($0, "0-0") })
          while true {
            try await readOnce(on: connection, &unfinished, batch)
            backoff.reset()
            reported = nil
            batch = settings.batch
          }
        }
      } catch {
        guard !Task.isCancelled else { return }
        // A reply that is too large for us: fewer entries at a time.
        if (error as? RedisError)?.kind == .protocolViolation { batch = max(1, batch / 2) }
        let cause = "\(error)"
        logger.log(
          level: reported == cause ? .debug : .warning, "events cannot be read, trying again",
          metadata: ["publisher": "\(subjects.first?.publisher.rawValue ?? "")", "cause": "\(cause)"])
        reported = cause
        try? await Task.sleep(for: backoff.next())
      }
    }
  }

  /// From the beginning of the streams, which come into being by it. A full server refuses even where the group is
  /// there; then it is for the reads to find out.
  private func makeGroups(on connection: RedisBlockingConnection) async throws {
    for subject in subjects {
      do {
        if try await connection.xgroupCreate(subject.stream, group: participant.group) {
          logger.debug("made a consumer group", metadata: ["stream": "\(subject.stream)"])
        }
      } catch let error as RedisError where error.code == "OOM" {}
    }
  }

  private func readOnce(
    on connection: RedisBlockingConnection, _ unfinished: inout [Subject: String], _ batch: Int
  ) async throws {
    while !inbox.hasRoomInLanes {
      try Task.checkCancellation()
      await inbox.roomToRead.wait()
    }
    for (subject, last) in unfinished {
      unfinished[subject] = try await pending.read(subject, after: last, count: batch, on: connection)
    }
    // What is read now fails now. A batch at a time goes on, since it may fare better than what was read before.
    try await outage.wait(atMost: settings.outagePause)
    let read = try await connection.xreadgroup(
      group: participant.group, consumer: settings.consumer, subjects.map { ($0.stream, .new) }, count: batch,
      block: unfinished.isEmpty ? settings.block : Self.shortBlock)
    inbox.take(
      read.flatMap { stream, entries in
        guard let subject = subjects.first(where: { $0.stream == stream }) else {
          return [(Subject, StreamEntry, Int)]()
        }
        return entries.map { (subject, $0, 1) }
      })
  }
}
