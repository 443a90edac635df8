import EventBus
import EventMessages
import TicketingProto

extension OrdersListeners {
  /// The order can be paid again, as long as there is time.
  var paymentDeclined: Listener {
    Listener(.paymentDeclined, PaymentsV1.PaymentDeclined.self) { event, header in
      try await apply(.paymentDeclined(attempt: event.attempt), to: event.orderID, header)
    }
  }
}
