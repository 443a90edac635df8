import EventBus
import Redis

/// Events as they come, over all services' streams.
package struct EventTail: Sendable {
  let stores: Stores
  let subjects: [Subject]

  private static let batch = 100

  package init(_ stores: Stores, subjects: [Subject]) {
    self.stores = stores
    self.subjects = subjects.isEmpty ? Subject.allCases : subjects
  }

  /// Gives `show` what comes after the entry `start` in each stream (nil: after now); those of one stream in their
  /// order. With `follows` until cancellation, otherwise until there are no more.
  package func run(
    from start: String?, follows: Bool, _ show: @escaping @Sendable (RecordedEvent) -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (client, participants) in stores.distinct {
        let own = subjects.filter { participants.contains($0.publisher) }
        guard !own.isEmpty else { continue }
        group.addTask { try await run(own, on: client, from: start, follows, show) }
      }
      try await group.waitForAll()
    }
  }

  private func run(
    _ subjects: [Subject], on client: RedisClient, from start: String?, _ follows: Bool,
    _ show: @escaping @Sendable (RecordedEvent) -> Void
  ) async throws {
    var positions: [Subject: String] = [:]
    for subject in subjects {
      if let start {
        positions[subject] = start
      } else {
        // `$` would be another place at each read.
        positions[subject] = try await client.xrevrange(subject.stream, count: 1).first?.id ?? "0-0"
      }
    }
    try await client.withBlockingConnection { connection in
      while !Task.isCancelled {
        let read = try await connection.xread(
          subjects.map { ($0.stream, after: positions[$0] ?? "0-0") }, count: Self.batch,
          block: follows ? .seconds(2) : nil)
        if read.isEmpty, !follows { return }
        let events = read.flatMap { stream, entries in
          let subject = subjects.first { $0.stream == stream }
          return subject.map { subject in entries.map { RecordedEvent($0, subject: subject) } } ?? []
        }
        // Those that are read together, in the order in which they were published.
        for event in events.sorted(by: { $0.place < $1.place }) { show(event) }
        for event in events { positions[event.subject] = event.entryID }
      }
    }
  }
}

extension RecordedEvent {
  fileprivate var place: (UInt64, UInt64) {
    let position = EntryID(subject: subject, id: entryID).position
    return (position.milliseconds, position.number)
  }
}
