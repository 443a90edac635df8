/// Entries that wait for their next attempt. They wait here, in memory, and not in anybody's way.
struct RetryQueue: Sendable {
  typealias Instant = ContinuousClock.Instant

  private struct Waiting {
    let awaiting: String?
    let due: Instant
  }

  private var entries: [EntryID: Waiting] = [:]
  private var ids: [String: Set<EntryID>] = [:]
  private var counts: [Subject: Int] = [:]

  var isEmpty: Bool { entries.isEmpty }

  /// How many of that subject wait.
  func count(of subject: Subject) -> Int { counts[subject] ?? 0 }

  /// When the next is due.
  var nextDue: Instant? { entries.values.lazy.map(\.due).min() }

  /// `awaiting`: the key of which an earlier event is missing.
  mutating func insert(_ id: EntryID, awaiting: String?, due: Instant) {
    remove(id)
    entries[id] = Waiting(awaiting: awaiting, due: due)
    if let awaiting { ids[awaiting, default: []].insert(id) }
    counts[id.subject, default: 0] += 1
  }

  mutating func remove(_ id: EntryID) {
    guard let waiting = entries.removeValue(forKey: id) else { return }
    if let key = waiting.awaiting {
      ids[key]?.remove(id)
      if ids[key]?.isEmpty == true { ids[key] = nil }
    }
    counts[id.subject, default: 0] -= 1
  }

  /// Takes out what is due, oldest entry first.
  mutating func popDue(at now: Instant) -> [EntryID] {
    take(entries.filter { $0.value.due <= now }.map(\.key))
  }

  /// Takes out all that await one of this key, due or not: it may be what has just been applied.
  mutating func popAll(awaiting key: String) -> [EntryID] {
    guard let ids = ids[key] else { return [] }
    return take(Array(ids))
  }

  private mutating func take(_ ids: [EntryID]) -> [EntryID] {
    for id in ids { remove(id) }
    return ids.sorted { $0.position < $1.position }
  }
}
