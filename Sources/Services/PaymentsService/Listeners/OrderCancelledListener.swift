import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// From now on the order is refused without asking orders.
  static func orderCancelled(_ store: PaymentStore) -> Listener {
    Listener(.orderCancelled, OrdersV1.OrderCancelled.self) { message, _ in
      var order = PayableOrder(
        id: message.id, userID: message.userID, priceCents: message.priceCents, version: message.version)
      order.status = .cancelled
      return try await store.learn(order)
    }
  }
}
