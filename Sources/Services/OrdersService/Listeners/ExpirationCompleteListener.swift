import EventBus
import EventMessages
import TicketingProto

extension OrdersListeners {
  /// The order expires, unless it is being paid.
  var expirationComplete: Listener {
    Listener(.expirationComplete, ExpirationV1.ExpirationComplete.self) { event, header in
      try await apply(.timeIsOver, to: event.orderID, header)
    }
  }
}
