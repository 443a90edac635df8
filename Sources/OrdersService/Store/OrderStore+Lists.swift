import Identifiers
import Redis
import ServiceHost

extension OrderStore {
  /// One page of a user's orders, newest first, and where the next begins.
  func orders(of userID: String, _ page: PageRequest) async throws -> (orders: [Order], next: ULID?) {
    // One more than asked for tells whether there is a next page.
    let members = try await redis.zrange(
      OrderKeys.user(userID), .lexicographic("-", page.start.map { "(\($0)" } ?? "+"), reversed: true,
      limit: (offset: 0, count: page.size + 1))
    let ids = members.prefix(page.size).map(\.description)
    let rows = try await redis.send(
      ids.map { RedisCommand("HMGET", arguments: [.key(OrderKeys.order($0))] + OrderRecord.fields.map { .string($0) }) }
    )
    let orders = try zip(ids, rows).compactMap { id, row in
      try OrderRecord.order(from: row.array().map { try $0.optional { try $0.bytes() } }, at: OrderKeys.order(id))
    }
    let next = members.count > page.size ? ids.last.flatMap { ULID($0) } : nil
    return (orders, next)
  }

  /// Orders whose time was over `grace` ago and that are not final, those that have waited longest first.
  func overdue(for grace: Duration, skipping offset: Int, limit: Int) async throws -> [String] {
    let (seconds, attoseconds) = grace.components
    let latest = try await redis.time() - seconds * 1000 - attoseconds / 1_000_000_000_000_000
    return try await redis.zrange(
      OrderKeys.open, .score("-inf", "\(latest)"), limit: (offset: offset, count: limit)
    ).map(\.description)
  }

  /// Takes an order that is final out of those whose time may run out.
  func close(_ id: String) async throws {
    try await redis.zrem(OrderKeys.open, [.string(id)])
  }
}
