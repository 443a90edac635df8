import EventBus
import EventMessages
import Identifiers
import Redis
import TicketingProto

extension Commit {
  /// A payment as the others hear of it.
  mutating func publish(_ event: PaymentEvent, at now: UnixTime, trace: String) throws {
    switch event {
    case .created(let receipt):
      try publish(
        PaymentsV1.PaymentCreated(
          id: receipt.paymentID, orderID: receipt.attempt.orderID, attempt: receipt.attempt.number,
          stripeID: receipt.stripeID, amountCents: receipt.amountCents),
        at: now, trace: trace)
    case .declined(let attempt, let reason):
      try publish(
        PaymentsV1.PaymentDeclined(orderID: attempt.orderID, attempt: attempt.number, reason: reason),
        at: now, trace: trace)
    case .abandoned(let attempt):
      try publish(
        PaymentsV1.PaymentAbandoned(orderID: attempt.orderID, attempt: attempt.number), at: now, trace: trace)
    case .reversed(let receipt):
      try publish(
        PaymentsV1.PaymentReversed(
          id: receipt.paymentID, orderID: receipt.attempt.orderID, attempt: receipt.attempt.number,
          stripeID: receipt.stripeID, amountCents: receipt.amountCents,
          reversal: PaymentsV1.PaymentReversal(receipt.reversal), version: receipt.version),
        at: now, trace: trace)
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
