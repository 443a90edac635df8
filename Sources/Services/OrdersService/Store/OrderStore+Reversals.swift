import Identifiers
import Redis

extension OrderStore {
  private static let tries = 8

  /// Notes what has become of a payment of an order, whatever the order's status: the payment's completing it may be
  /// heard of later. false: something newer is noted; nil: no such order.
  func note(_ note: ReversalNote, on id: ULID) async throws -> Bool? {
    let key = OrderKeys.order(id.description)
    for _ in 0..<Self.tries {
      guard let order = try await order(id) else { return nil }
      guard note.isNewer(than: order.reversalNote) else { return false }
      var commit = Commit()
      commit.require(key, field: "status", equals: order.status.rawValue)
      if let seen = order.reversalNote {
        commit.require(key, field: "reversalAttempt", equals: .integer(seen.attempt))
        commit.require(key, field: "reversalVersion", equals: .integer(seen.version))
      } else {
        commit.require(key, fieldAbsent: "reversal")
      }
      commit.hashSet(
        key,
        [
          ("reversal", .string(note.reversal.rawValue)), ("reversalAttempt", .integer(note.attempt)),
          ("reversalVersion", .integer(note.version)),
        ])
      commit.announce(order)
      if case .applied = try await redis.commit(commit) { return true }
    }
    throw OrderError.concurrentUpdate
  }
}
