import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// The order can be paid again, as long as there is time.
  static func paymentDeclined(_ store: OrderStore) -> Listener {
    Listener(PaymentsV1.PaymentDeclined.self) { event, header in
      try await store.apply(.paymentDeclined(attempt: event.attempt), to: event.orderID, header)
    }
  }
}
