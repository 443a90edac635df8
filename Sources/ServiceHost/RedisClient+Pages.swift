import Identifiers
import Redis

extension RedisClient {
  /// One page of a ZSET of ids that all have score 0 and so sort by age: newest first, and where the next page begins
  /// (nil: this is the last).
  package func newestIDs(in key: RedisKey, _ page: PageRequest) async throws -> (ids: [String], next: ULID?) {
    // One more than asked for tells whether there is a next page.
    let members = try await zrange(
      key, .lexicographic("-", page.start.map { "(\($0)" } ?? "+"), reversed: true,
      limit: (offset: 0, count: page.size + 1))
    let ids = members.prefix(page.size).map(\.description)
    return (ids, members.count > page.size ? ids.last.flatMap { ULID($0) } : nil)
  }
}
