import EventBus
import EventMessages
import TicketingProto

extension OrdersListeners {
  /// The order is complete; or, where it does not wait for this payment, the money is to go back.
  var paymentCreated: Listener {
    Listener(.paymentCreated, PaymentsV1.PaymentCreated.self) { event, header in
      try await apply(.paymentCreated(paymentID: event.id, attempt: event.attempt), to: event.orderID, header)
    }
  }
}
