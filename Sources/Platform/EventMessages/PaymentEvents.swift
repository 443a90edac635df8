import EventBus
import TicketingProto

extension PaymentsV1.PaymentCreated: EventMessage {
  package static let subject = Subject.paymentCreated
  package var aggregateKey: String { id }
  package var aggregateVersion: Int64 { 0 }
  package var ids: [String] { [id, orderID] }
  package var fault: String? { attempt > 0 ? nil : "a payment by no attempt" }
}

/// One per attempt, whose key is as attempts are written: `<order id>:<n>`.
extension PaymentsV1.PaymentDeclined: EventMessage {
  package static let subject = Subject.paymentDeclined
  package var aggregateKey: String { "\(orderID):\(attempt)" }
  package var aggregateVersion: Int64 { 0 }
  package var ids: [String] { [orderID] }
  package var fault: String? { attempt > 0 ? nil : "a refusal of no attempt" }
}

/// As ``PaymentsV1/PaymentDeclined``.
extension PaymentsV1.PaymentAbandoned: EventMessage {
  package static let subject = Subject.paymentAbandoned
  package var aggregateKey: String { "\(orderID):\(attempt)" }
  package var aggregateVersion: Int64 { 0 }
  package var ids: [String] { [orderID] }
  package var fault: String? { attempt > 0 ? nil : "an end of no attempt" }
}

extension PaymentsV1.PaymentReversed: EventMessage {
  package static let subject = Subject.paymentReversed
  package var aggregateKey: String { id }
  package var aggregateVersion: Int64 { version }
  package var ids: [String] { [id, orderID] }
  package var fault: String? {
    attempt > 0 && version >= 0 ? nil : "a reversal of no attempt, or of no version"
  }
}
