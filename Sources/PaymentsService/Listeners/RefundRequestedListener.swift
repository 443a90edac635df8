import EventBus
import Identifiers
import TicketingProto

extension Listener {
  /// Orders has no use for the money of a payment: it goes back, once.
  static func refundRequested(_ store: PaymentStore, _ resolver: PaymentResolver) -> Listener {
    Listener(.refundRequested, OrdersV1.RefundRequested.self) { message, _ in
      guard let orderID = ULID(message.orderID)?.description, message.attempt > 0 else {
        throw MalformedEvent("a refund of no attempt")
      }
      let id = AttemptID(orderID: orderID, number: message.attempt)
      // Only a payment that was published here is refused, so what is not there yet is on its way back from a backup.
      guard let attempt = try await store.attempt(id) else { return .gap }
      guard attempt.paymentID == message.paymentID else { throw MalformedEvent("a refund of another's payment") }
      if attempt.status == .pending { return .gap }
      guard let change = attempt.refundRequested() else { return .duplicate }
      guard try await store.write(change, over: attempt, nextTry: .now()) else { return .gap }
      resolver.wake()
      return .applied
    }
  }
}
