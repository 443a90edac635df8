import EventBus
import EventMessages
import TicketingProto

extension OrdersListeners {
  /// The order that waited for the payment is cancelled.
  var paymentAbandoned: Listener {
    Listener(.paymentAbandoned, PaymentsV1.PaymentAbandoned.self) { event, header in
      try await apply(.paymentAbandoned(attempt: event.attempt), to: event.orderID, header)
    }
  }
}
