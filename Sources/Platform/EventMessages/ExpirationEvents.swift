import EventBus
import TicketingProto

/// One per order.
extension ExpirationV1.ExpirationComplete: EventMessage {
  package static let subject = Subject.expirationComplete
  package var aggregateKey: String { orderID }
  package var aggregateVersion: Int64 { 0 }
  package var ids: [String] { [orderID] }
}
