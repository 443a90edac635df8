import Identifiers
import Redis

extension RedisClient {
  /// One page of a ZSET of ids that all have score 0 and so sort by age: newest first, and where the next page begins
  /// (nil: this is the last). Members that are no ids are left out.
  func newestIDs(in key: RedisKey, _ page: PageRequest) async throws -> (ids: [String], next: ULID?) {
    // One more than asked for tells whether there is a next page.
    let count = page.size + 1
    var ids: [ULID] = []
    var offset = 0
    while ids.count < count {
      let members = try await zrange(
        key, .lexicographic("-", page.start.map { "(\($0)" } ?? "+"), reversed: true,
        limit: (offset: offset, count: count))
      // What is no id is left out, and not where the list ends.
      ids += members.compactMap { $0.string.flatMap { ULID($0) } }
      offset += count
      if members.count < count { break }
    }
    let shown = ids.prefix(page.size)
    return (shown.map(\.description), ids.count > page.size ? shown.last : nil)
  }
}
