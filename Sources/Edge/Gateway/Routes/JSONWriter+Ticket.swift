import JSONWriting
import Money
import TicketingProto

extension JSONWriter {
  /// A ticket as lists and the answers to changes show it.
  mutating func ticket(_ ticket: TicketsV1.Ticket, in currency: Currency) {
    details(of: ticket, currency)
    literal(#","version":"#, ticket.version)
    literal("}")
  }

  /// A ticket as it is shown by itself: with the order that holds it, or null.
  mutating func ticketWithOrder(_ ticket: TicketsV1.Ticket, in currency: Currency) {
    details(of: ticket, currency)
    if ticket.orderID.isEmpty { literal(#","orderId":null"#) } else { literal(#","orderId":"#, ticket.orderID) }
    literal(#","version":"#, ticket.version)
    literal("}")
  }

  private mutating func details(of ticket: TicketsV1.Ticket, _ currency: Currency) {
    literal(#"{"id":"#, ticket.id)
    literal(#","title":"#, ticket.title)
    literal(#","price":"#, ticket.priceCents, in: currency)
    literal(#","userId":"#, ticket.userID)
  }
}
