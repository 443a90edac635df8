import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// The order that waited for the payment is cancelled.
  static func paymentAbandoned(_ store: OrderStore) -> Listener {
    Listener(PaymentsV1.PaymentAbandoned.self) { event, header in
      try await store.apply(.paymentAbandoned(attempt: event.attempt), to: event.orderID, header)
    }
  }
}
