import EventBus
import TicketingProto

extension TicketsV1.TicketCreated: EventMessage {
  package static let subject = Subject.ticketCreated
  package var aggregateKey: String { id }
  package var aggregateVersion: Int64 { version }
  package var ids: [String] { [id] }
  package var fault: String? { priceCents > 0 && !userID.isEmpty ? nil : "a ticket without price or owner" }
}

extension TicketsV1.TicketUpdated: EventMessage {
  package static let subject = Subject.ticketUpdated
  package var aggregateKey: String { id }
  package var aggregateVersion: Int64 { version }
  package var ids: [String] { orderID.isEmpty ? [id] : [id, orderID] }
  package var fault: String? { priceCents > 0 && !userID.isEmpty ? nil : "a ticket without price or owner" }
}
