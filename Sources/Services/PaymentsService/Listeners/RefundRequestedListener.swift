import EventBus
import EventMessages
import Identifiers
import TicketingProto

extension Listener {
  /// How often a change that lost against another is decided anew at once.
  private static let tries = 8
  private static let pause: Duration = .milliseconds(50)

  /// Orders has no use for the money of a payment: it goes back, once.
  static func refundRequested(_ store: PaymentStore, _ resolver: PaymentResolver) -> Listener {
    Listener(.refundRequested, OrdersV1.RefundRequested.self) { message, _ in
      let id = AttemptID(orderID: message.orderID, number: message.attempt)
      for _ in 0..<tries {
        // Only a payment that was published here is refused, so what is not there has been lost.
        guard let attempt = try await store.attempt(id), attempt.status != .pending else {
          throw UnknownPayment(id: id)
        }
        guard attempt.paymentID == message.paymentID else { throw MalformedEvent("a refund of another's payment") }
        guard let change = attempt.refundRequested() else { return .duplicate }
        guard try await store.write(change, over: attempt, nextTry: UnixTime(milliseconds: 0)) else { continue }
        resolver.wake()
        return .applied
      }
      return .later(pause)
    }
  }
}

/// Orders tells of a payment that is not here: the store has lost it.
struct UnknownPayment: Error, CustomStringConvertible {
  let id: AttemptID

  var description: String { "there is no payment by attempt \(id)" }
}
