import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// From now on the order is refused without asking orders.
  static func orderCancelled(_ store: PaymentStore) -> Listener {
    Listener(OrdersV1.OrderCancelled.self) { event, _ in
      var order = PayableOrder(
        id: event.id, userID: event.userID, priceCents: event.priceCents, version: event.version)
      order.status = .cancelled
      return try await store.learn(order)
    }
  }
}
