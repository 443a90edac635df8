import EventBus
import Identifiers
import TicketingProto

extension PaymentEvent {
  /// As the bus carries it.
  func published(trace: String) throws -> Event {
    let now = UnixTime.now()
    switch self {
    case .created(let receipt):
      return try Event(
        .paymentCreated, key: receipt.paymentID, version: 0, at: now, trace: trace,
        message: PaymentsV1.PaymentCreated(
          id: receipt.paymentID, orderID: receipt.attempt.orderID, attempt: receipt.attempt.number,
          stripeID: receipt.stripeID, amountCents: receipt.amountCents))
    case .declined(let attempt, let reason):
      return try Event(
        .paymentDeclined, key: attempt.description, version: 0, at: now, trace: trace,
        message: PaymentsV1.PaymentDeclined(orderID: attempt.orderID, attempt: attempt.number, reason: reason))
    case .abandoned(let attempt):
      return try Event(
        .paymentAbandoned, key: attempt.description, version: 0, at: now, trace: trace,
        message: PaymentsV1.PaymentAbandoned(orderID: attempt.orderID, attempt: attempt.number))
    case .refunded(let receipt):
      return try Event(
        .paymentRefunded, key: receipt.paymentID, version: 1, at: now, trace: trace,
        message: PaymentsV1.PaymentRefunded(
          id: receipt.paymentID, orderID: receipt.attempt.orderID, attempt: receipt.attempt.number,
          stripeID: receipt.stripeID, amountCents: receipt.amountCents))
    }
  }
}
