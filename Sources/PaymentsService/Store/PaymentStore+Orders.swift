import EventBus
import Redis

extension PaymentStore {
  /// Takes an order's creation, or cancellation, if it is the next that is to be known of it.
  func apply(_ order: PayableOrder) async throws -> Application {
    let key = PaymentKeys.order(order.id)
    if let verdict = Application.verdict(on: order.version, seen: try await redis.hget(key, "version")?.int64) {
      return verdict
    }
    var commit = Commit()
    commit.require(key, fieldAbsent: "version")
    commit.hashSet(key, order.replicaFields)
    return try await applied(commit)
  }

  func cancel(orderID: String, version: Int64) async throws -> Application {
    let key = PaymentKeys.order(orderID)
    let seen = try await redis.hget(key, "version")?.int64
    if let verdict = Application.verdict(on: version, seen: seen) { return verdict }
    guard let seen else { return .gap }
    var commit = Commit()
    commit.require(key, field: "version", equals: .integer(seen))
    commit.hashSet(key, [("status", .string(PayableOrder.Status.cancelled.rawValue)), ("version", .integer(version))])
    return try await applied(commit)
  }

  /// Refused: another process has applied one meanwhile; the verdict on the next delivery tells what this one is then.
  private func applied(_ commit: Commit) async throws -> Application {
    if case .refused = try await redis.commit(commit) { return .gap }
    return .applied
  }
}
