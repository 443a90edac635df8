import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// Remembers who may pay an order, and how much.
  static func orderCreated(_ store: PaymentStore) -> Listener {
    Listener(.orderCreated, OrdersV1.OrderCreated.self) { message, _ in
      try await store.learn(
        PayableOrder(
          id: message.id, userID: message.userID, priceCents: message.ticket?.priceCents ?? 0, version: message.version)
      )
    }
  }
}
