import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// The order expires, unless it is being paid.
  static func expirationComplete(_ store: OrderStore) -> Listener {
    Listener(ExpirationV1.ExpirationComplete.self) { event, header in
      try await store.apply(.timeIsOver, to: event.orderID, header)
    }
  }
}
