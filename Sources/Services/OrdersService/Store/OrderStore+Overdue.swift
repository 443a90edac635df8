import Identifiers
import Redis

extension OrderStore {
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
    "\(try await redis.time() - grace.wholeMilliseconds)"
  }

  /// Takes an order that is final out of those whose time may run out.
  func close(_ id: String) async throws {
    try await redis.zrem(OrderKeys.open, [.string(id)])
  }
}
