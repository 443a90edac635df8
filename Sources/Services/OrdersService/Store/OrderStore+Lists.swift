import Identifiers
import Redis
import ServiceHost

extension OrderStore {
  /// One page of a user's orders, newest first, and where the next begins.
  func orders(
    of userID: String, _ page: PageRequest, _ unreadable: UnreadableRecords
  ) async throws -> (orders: [Order], next: ULID?) {
    let (ids, next) = try await redis.newestIDs(in: OrderKeys.user(userID), page)
    let rows = try await redis.send(
      ids.map { RedisCommand("HMGET", arguments: [.key(OrderKeys.order($0))] + OrderRecord.fields.map { .string($0) }) }
    )
    let orders = try zip(ids, rows).compactMap { id, row in
      let key = OrderKeys.order(id)
      return try unreadable.leavingOut(key) {
        try OrderRecord.order(from: row.array().map { try $0.optional { try $0.bytes() } }, at: key)
      }
    }
    return (orders, next)
  }

  /// Orders whose time was over `grace` ago and that are not final, those that have waited longest first.
  func overdue(for grace: Duration, skipping offset: Int, limit: Int) async throws -> [String] {
    try await redis.zrange(
      OrderKeys.open, .score("-inf", try await latestDeadline(for: grace)), limit: (offset: offset, count: limit)
    ).map(\.description)
  }

  /// How many orders are not final, and of how many the time was over `grace` ago.
  func openAndOverdue(for grace: Duration) async throws -> (open: Int, overdue: Int) {
    let overdue = try await redis.zcount(OrderKeys.open, "-inf", try await latestDeadline(for: grace))
    return (try await redis.zcard(OrderKeys.open), overdue)
  }

  /// Of an order that is overdue for `grace`, as a score.
  private func latestDeadline(for grace: Duration) async throws -> String {
    let (seconds, attoseconds) = grace.components
    return "\(try await redis.time() - seconds * 1000 - attoseconds / 1_000_000_000_000_000)"
  }

  /// Takes an order that is final out of those whose time may run out.
  func close(_ id: String) async throws {
    try await redis.zrem(OrderKeys.open, [.string(id)])
  }
}
