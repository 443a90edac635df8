import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// Remembers who may pay an order, and how much.
  static func orderCreated(_ store: PaymentStore) -> Listener {
    Listener(OrdersV1.OrderCreated.self) { event, _ in
      try await store.learn(
        PayableOrder(
          id: event.id, userID: event.userID, priceCents: event.ticket?.priceCents ?? 0, version: event.version))
    }
  }
}
