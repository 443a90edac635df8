import Money
import TicketingProto

extension JSONWriter {
  /// A ticket as lists and the answers to changes show it.
  mutating func ticket(_ ticket: TicketsV1.Ticket, in currency: Currency) {
    details(of: ticket, currency)
    literal(#","version":"#)
    integer(ticket.version)
    literal("}")
  }

  /// A ticket as it is shown by itself: with the order that holds it, or null.
  mutating func ticketWithOrder(_ ticket: TicketsV1.Ticket, in currency: Currency) {
    details(of: ticket, currency)
    literal(#","orderId":"#)
    if ticket.orderID.isEmpty { literal("null") } else { string(ticket.orderID) }
    literal(#","version":"#)
    integer(ticket.version)
    literal("}")
  }

  private mutating func details(of ticket: TicketsV1.Ticket, _ currency: Currency) {
    literal(#"{"id":"#)
    string(ticket.id)
    literal(#","title":"#)
    string(ticket.title)
    literal(#","price":"#)
    price(ticket.priceCents, in: currency)
    literal(#","userId":"#)
    string(ticket.userID)
  }
}
