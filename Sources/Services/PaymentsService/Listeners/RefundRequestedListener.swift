import EventBus
import EventMessages
import Identifiers
import Records
import TicketingProto

extension Listener {
  /// Orders has no use for the money of a payment: it goes back, once.
  static func refundRequested(_ store: PaymentStore, _ resolver: PaymentResolver) -> Listener {
    Listener(OrdersV1.RefundRequested.self) { event, _ in
      let id = AttemptID(orderID: event.orderID, number: event.attempt)
      let outcome: EventOutcome = try await store.redis.decide {
        let (attempt, clock) = try await store.attemptAndClock(id)
        // Only a payment that was published here is refused, so what is not there has been lost.
        guard let attempt, attempt.status != .pending else { throw UnknownPayment(id: id) }
        guard attempt.paymentID == event.paymentID else { throw MalformedEvent("a refund of another's payment") }
        guard let change = attempt.refundRequested() else { return .settled(.duplicate) }
        let outcome = try await store.write(
          change, over: attempt, nextTry: UnixTime(milliseconds: 0), at: clock.now)
        return outcome == .written ? .settled(.applied) : .again
      }
      if outcome == .applied { resolver.wake() }
      return outcome
    }
  }
}

/// Orders tells of a payment that is not here: the store has lost it.
struct UnknownPayment: Error, CustomStringConvertible {
  let id: AttemptID

  var description: String { "there is no payment by attempt \(id)" }
}
