import EventBus
import Identifiers
import Redis

/// Looks for events in streams that may be long: from a moment on, page by page, and not without end.
package struct EventSearch: Sendable {
  let stores: Stores
  /// Entries of one stream that are looked at.
  let limit: Int
  /// Called with how many have been looked at.
  let progress: @Sendable (Int) -> Void

  private static let page = 1000
  /// By so many milliseconds may the clocks of two machines differ: a wrong one must not hide what happened, and costs
  /// no more than a few pages.
  static let clockDifference: Int64 = 15 * 60_000

  package init(_ stores: Stores, limit: Int = 200_000, progress: @escaping @Sendable (Int) -> Void = { _ in }) {
    self.stores = stores
    self.limit = limit
    self.progress = progress
  }

  struct Found: Sendable {
    var events: [RecordedEvent] = []
    /// Streams that were not looked at to their end.
    var cut: [Subject] = []
  }

  /// What is about `id`, or names it, since a little before `start`: an id is not told of before it was made.
  func events(mentioning id: String, in subjects: [Subject], since start: UnixTime) async throws -> Found {
    var found = Found()
    var looked = 0
    for subject in subjects {
      var left = limit
      let isWhole = try await pages(of: subject.stream, on: try stores(subject.publisher), since: start) { entries in
        found.events += entries.map { RecordedEvent($0, subject: subject) }.filter { $0.mentions(id) }
        left -= entries.count
        looked += entries.count
        progress(looked)
        return left > 0
      }
      if !isWhole { found.cut.append(subject) }
    }
    found.events.sort { $0.at < $1.at }
    return found
  }

  /// The events with this id: an event's own, or an entry's in a stream.
  package func events(withID id: String) async throws -> [RecordedEvent] {
    var found: [RecordedEvent] = []
    for subject in Subject.allCases {
      let client = try stores(subject.publisher)
      guard let ulid = ULID(id) else {
        found += try await client.xrange(subject.stream, from: id, to: id).map { RecordedEvent($0, subject: subject) }
        continue
      }
      // An event is written right after it got its id.
      let made = UnixTime(milliseconds: ulid.milliseconds)
      let end = ulid.milliseconds + Self.clockDifference
      _ = try await pages(of: subject.stream, on: client, since: made, until: "\(end)") { entries in
        found += entries.map { RecordedEvent($0, subject: subject) }.filter { $0.id == id }
        return true
      }
    }
    return found
  }

  /// Entries of a stream, for as long as `take` wants more; false: it did not want all.
  func pages(
    of stream: RedisKey, on client: RedisClient, since start: UnixTime, until end: String = "+",
    _ take: ([StreamEntry]) -> Bool
  ) async throws -> Bool {
    var next = "\(max(0, start.milliseconds - Self.clockDifference))"
    while true {
      let entries = try await client.xrange(stream, from: next, to: end, count: Self.page)
      guard let last = entries.last else { return true }
      let wantsMore = take(entries)
      if entries.count < Self.page { return true }
      guard wantsMore else { return false }
      next = "(\(last.id)"
    }
  }
}
