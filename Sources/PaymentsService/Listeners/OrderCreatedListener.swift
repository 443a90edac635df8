import EventBus
import TicketingProto

extension Listener {
  /// Remembers who may pay an order, and how much.
  static func orderCreated(_ store: PaymentStore) -> Listener {
    Listener(.orderCreated, OrdersV1.OrderCreated.self) { message, _ in
      guard let ticket = message.ticket, ticket.priceCents > 0, !message.id.isEmpty, !message.userID.isEmpty else {
        throw MalformedEvent("an order without id, owner or price")
      }
      return try await store.apply(
        PayableOrder(
          id: message.id, userID: message.userID, priceCents: ticket.priceCents, version: message.version))
    }
  }
}
