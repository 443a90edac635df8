import EventBus
import TicketingProto

extension OrdersV1.OrderCreated: EventMessage {
  package static let subject = Subject.orderCreated
  package var aggregateKey: String { id }
  package var aggregateVersion: Int64 { version }
  package var ids: [String] { [id] + (ticket.map { [$0.id] } ?? []) }
  package var fault: String? {
    guard let ticket, ticket.priceCents > 0, !userID.isEmpty else { return "an order without ticket, price or owner" }
    return nil
  }
}

extension OrdersV1.OrderCancelled: EventMessage {
  package static let subject = Subject.orderCancelled
  package var aggregateKey: String { id }
  package var aggregateVersion: Int64 { version }
  package var ids: [String] { [id, ticketID] }
}

extension OrdersV1.OrderCompleted: EventMessage {
  package static let subject = Subject.orderCompleted
  package var aggregateKey: String { id }
  package var aggregateVersion: Int64 { version }
  package var ids: [String] { [id, ticketID, paymentID] }
}

/// One per payment, so its aggregate never gets beyond the first version.
extension OrdersV1.RefundRequested: EventMessage {
  package static let subject = Subject.refundRequested
  package var aggregateKey: String { paymentID }
  package var aggregateVersion: Int64 { 0 }
  package var ids: [String] { [paymentID, orderID] }
  package var fault: String? { attempt > 0 ? nil : "a refund of no attempt" }
}
