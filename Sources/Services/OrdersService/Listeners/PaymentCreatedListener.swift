import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// The order is complete; or, where it does not wait for this payment, the money is to go back.
  static func paymentCreated(_ store: OrderStore) -> Listener {
    Listener(PaymentsV1.PaymentCreated.self) { event, header in
      try await store.apply(
        .paymentCreated(paymentID: event.id, attempt: event.attempt), to: event.orderID, header)
    }
  }
}
