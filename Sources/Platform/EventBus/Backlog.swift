import Redis

/// What a group has not been given yet, counted in the stream itself. The `lag` that Redis 7.0 tells is wrong once
/// entries have been trimmed that the group had not read.
package struct Backlog: Sendable, Hashable {
  package let count: Int
  /// There are more than were counted.
  package let isCut: Bool
  /// The oldest of them.
  package let firstID: String?

  fileprivate static let page = 500
}

extension RedisSender {
  /// How many entries a stream has after `id`; counts no further than `limit`. Only reads, so that whoever may only
  /// read can ask.
  package func backlog(of stream: RedisKey, after id: String, limit: Int = 10_000) async throws -> Backlog {
    var count = 0
    var firstID: String?
    var last = id
    while count < limit {
      let page = min(Backlog.page, limit - count)
      let entries = try await xrange(stream, from: "(\(last)", count: page)
      count += entries.count
      firstID = firstID ?? entries.first?.id
      guard entries.count == page, let next = entries.last?.id else {
        return Backlog(count: count, isCut: false, firstID: firstID)
      }
      last = next
    }
    return Backlog(count: count, isCut: true, firstID: firstID)
  }
}
