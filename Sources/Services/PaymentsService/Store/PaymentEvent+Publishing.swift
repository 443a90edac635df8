import EventBus
import Identifiers
import TicketingProto

extension PaymentEvent {
  /// As the bus carries it.
  func published(at now: UnixTime, trace: String) throws -> Event {
    switch self {
    case .created(let receipt):
      return try Event(
        .paymentCreated, key: receipt.paymentID, version: receipt.version, at: now, trace: trace,
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
    case .reversed(let receipt):
      return try Event(
        .paymentReversed, key: receipt.paymentID, version: receipt.version, at: now, trace: trace,
        message: PaymentsV1.PaymentReversed(
          id: receipt.paymentID, orderID: receipt.attempt.orderID, attempt: receipt.attempt.number,
          stripeID: receipt.stripeID, amountCents: receipt.amountCents,
          reversal: PaymentsV1.PaymentReversal(receipt.reversal), version: receipt.version))
    }
  }
}

extension PaymentsV1.PaymentReversal {
  fileprivate init(_ reversal: Reversal) {
    self =
      switch reversal {
      case .none: .unspecified
      case .partlyRefunded: .partlyRefunded
      case .refunded: .refunded
      case .disputed: .disputed
      case .chargedBack: .chargedBack
      }
  }
}
