import Logging
import Redis

/// Reads the streams of one publisher on a connection of its own: first what this consumer was given before and has
/// not acknowledged, then what is new.
struct StreamReader: Sendable {
  let participant: Participant
  let subjects: [Subject]
  let inbox: Inbox
  let deadLetters: DeadLetters
  /// The publisher's.
  let redis: RedisClient
  let logger: Logger

  /// While a stream is not read because too many of its entries wait, the others' reads must end soon.
  private static let shortBlock: Duration = .milliseconds(25)

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
          var progress = Progress(subjects, batch: batch)
          while true {
            try await readOnce(on: connection, &progress)
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

  /// How far one connection has got.
  private struct Progress {
    /// Streams whose pending entries are being read, with the last of them.
    var pending: [Subject: String]
    var batch: Int

    init(_ subjects: [Subject], batch: Int) {
      pending = Dictionary(uniqueKeysWithValues: subjects.map { ($0, "0-0") })
      self.batch = batch
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

  private func readOnce(on connection: RedisBlockingConnection, _ progress: inout Progress) async throws {
    while !inbox.hasRoomInLanes {
      try Task.checkCancellation()
      await inbox.roomInLanes.wait()
    }
    for subject in inbox.takeRereads() { progress.pending[subject] = "0-0" }
    let ready = subjects.filter { inbox.room(for: $0) > 0 }
    for subject in ready {
      guard let last = progress.pending[subject] else { continue }
      progress.pending[subject] = try await readPending(on: connection, subject, after: last, progress.batch)
    }
    let open = ready.filter { progress.pending[$0] == nil }
    guard !open.isEmpty else {
      // Pages of pending entries follow each other at once.
      if ready.isEmpty { try await Task.sleep(for: Self.shortBlock) }
      return
    }
    let block = open.count == subjects.count ? settings.block : Self.shortBlock
    let read = try await connection.xreadgroup(
      group: participant.group, consumer: settings.consumer, open.map { ($0.stream, .new) }, count: progress.batch,
      block: block)
    take(read.flatMap { stream, entries in entries.map { (stream, $0, 1) } })
    inbox.setBehind(read.contains { $0.entries.count >= progress.batch })
  }

  /// One page; nil: there are no more.
  private func readPending(
    on connection: RedisBlockingConnection, _ subject: Subject, after last: String, _ batch: Int
  ) async throws -> String? {
    let entries: [StreamEntry]
    do {
      entries = try await connection.xreadgroup(
        group: participant.group, consumer: settings.consumer, [(subject.stream, .pending(after: last))], count: batch
      ).flatMap(\.entries)
    } catch let error as RedisError where error.kind == .protocolViolation && batch == 1 {
      try await giveUpUnread(subject, after: last, error)
      throw error
    }
    guard let first = entries.first, let last = entries.last else { return nil }
    let pending = try await connection.xpending(
      subject.stream, group: participant.group, consumer: settings.consumer, from: first.id, to: last.id,
      count: entries.count)
    let deliveries = Dictionary(pending.map { ($0.id, $0.deliveries) }, uniquingKeysWith: max)
    take(entries.map { (subject.stream, $0, deliveries[$0.id] ?? 1) })
    return last.id
  }

  /// The entry after `last` alone is more than we read in one reply.
  private func giveUpUnread(_ subject: Subject, after last: String, _ error: RedisError) async throws {
    let next = try await redis.xpending(
      subject.stream, group: participant.group, consumer: settings.consumer, from: "(\(last)", count: 1)
    guard let id = next.first?.id else { return }
    try await deadLetters.add(
      EntryID(subject: subject, id: id), reason: "it cannot be read: \(error)", attempts: 1, header: nil)
  }

  private func take(_ entries: [(stream: RedisKey, entry: StreamEntry, deliveries: Int)]) {
    let now = ContinuousClock.now
    var held: [(id: EntryID, entry: HeldEntry)] = []
    for (stream, entry, deliveries) in entries {
      guard let subject = subjects.first(where: { $0.stream == stream }) else { continue }
      let id = EntryID(subject: subject, id: entry.id)
      held.append((id, HeldEntry(entry, subject: subject, deliveries: deliveries, at: now)))
    }
    // In the order in which they were published, over all streams.
    inbox.take(held.sorted { $0.id.position < $1.id.position })
  }
}
