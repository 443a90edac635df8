import EventBus
import TicketingProto

extension Listener {
  /// From now on the order is refused without asking orders.
  static func orderCancelled(_ store: PaymentStore) -> Listener {
    Listener(.orderCancelled, OrdersV1.OrderCancelled.self) { message, _ in
      guard !message.id.isEmpty else { throw MalformedEvent("an order without id") }
      return try await store.cancel(orderID: message.id, version: message.version)
    }
  }
}
