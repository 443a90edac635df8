import JSONWriting
import Money
import TicketingProto

extension JSONWriter {
  /// A ticket as lists and the answers to changes show it; by itself also with the order that holds it, or null.
  mutating func ticket(_ ticket: TicketsV1.Ticket, in currency: Currency, withOrder: Bool = false) {
    literal(#"{"id":"#, ticket.id)
    literal(#","title":"#, ticket.title)
    literal(#","price":"#, ticket.priceCents, in: currency)
    literal(#","userId":"#, ticket.userID)
    if withOrder {
      if ticket.orderID.isEmpty { literal(#","orderId":null"#) } else { literal(#","orderId":"#, ticket.orderID) }
    }
    literal(#","version":"#, ticket.version)
    literal("}")
  }
}
