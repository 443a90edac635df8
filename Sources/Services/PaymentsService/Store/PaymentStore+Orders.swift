import EventBus
import Redis

extension PaymentStore {
  /// Takes over what an event says of an order, unless a later one has been. Attempts to pay it stay.
  func learn(_ order: PayableOrder) async throws -> Application {
    let key = PaymentKeys.order(order.id)
    var commit = Commit()
    commit.require(key, field: "version", below: order.version)
    commit.hashSet(key, order.replicaFields)
    return try await redis.applyOnce(commit, at: key)
  }
}
