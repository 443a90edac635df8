/// Entries that wait for their next attempt. They wait here, in memory, and not in anybody's way.
struct RetryQueue: Sendable {
  typealias Instant = ContinuousClock.Instant

  private var entries: [EntryID: Instant] = [:]

  var count: Int { entries.count }

  /// When the next is due.
  var nextDue: Instant? { entries.values.min() }

  mutating func insert(_ id: EntryID, due: Instant) { entries[id] = due }

  mutating func remove(_ id: EntryID) { entries[id] = nil }

  /// Takes out what is due, oldest entry first.
  mutating func popDue(at now: Instant) -> [EntryID] {
    let due = entries.filter { $0.value <= now }.keys
    for id in due { entries[id] = nil }
    return due.sorted { $0.position < $1.position }
  }
}
