import Redis

/// Reads again what the server has for this consumer: given to it before, or taken over for it, and not acknowledged.
struct PendingReader: Sendable {
  let participant: Participant
  let inbox: Inbox
  let deadLetters: DeadLetters
  /// The publisher's.
  let redis: RedisClient

  private var consumer: String { inbox.settings.consumer }

  /// At most `count` entries after an id, into the inbox. Returns the last one's id; nil: there are no more.
  func read(_ subject: Subject, after last: String, count: Int, on connection: RedisBlockingConnection) async throws
    -> String?
  {
    let entries: [StreamEntry]
    do {
      entries = try await connection.xreadgroup(
        group: participant.group, consumer: consumer, [(subject.stream, .pending(after: last))], count: count
      ).flatMap(\.entries)
    } catch let error as RedisError where error.kind == .protocolViolation && count == 1 {
      try await giveUpUnread(subject, after: last, error)
      throw error
    }
    guard let first = entries.first, let last = entries.last else { return nil }
    let pending = try await connection.xpending(
      subject.stream, group: participant.group, consumer: consumer, from: first.id, to: last.id, count: entries.count)
    let deliveries = Dictionary(pending.map { ($0.id, $0.deliveries) }, uniquingKeysWith: max)
    inbox.take(entries.map { (subject, $0, deliveries[$0.id] ?? 1) })
    return last.id
  }

  /// Entries of whose ids the server has told that they are this consumer's now.
  func read(_ subject: Subject, _ ids: [String], on connection: RedisBlockingConnection) async throws {
    for id in ids {
      guard let before = EntryID.text(before: id) else { continue }
      _ = try await read(subject, after: before, count: 1, on: connection)
    }
  }

  /// The entry after `last` alone is more than we read in one reply.
  private func giveUpUnread(_ subject: Subject, after last: String, _ error: RedisError) async throws {
    let next = try await redis.xpending(
      subject.stream, group: participant.group, consumer: consumer, from: "(\(last)", count: 1)
    guard let id = next.first?.id else { return }
    try await deadLetters.add(
      EntryID(subject: subject, id: id), reason: "it cannot be read: \(error)", deliveries: 1, header: nil)
  }
}

extension Inbox {
  /// `deliveries`: as the server counts them, this one included.
  func take(_ entries: [(subject: Subject, entry: StreamEntry, deliveries: Int)]) {
    let now = ContinuousClock.now
    take(
      entries.map { subject, entry, deliveries in
        (EntryID(subject: subject, id: entry.id), HeldEntry(entry, subject: subject, deliveries: deliveries, at: now))
      })
  }
}
