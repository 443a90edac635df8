import TicketingProto

// Tickets as the others hear of them.

extension TicketsV1.TicketCreated {
  init(_ ticket: Ticket) {
    self.init(
      id: ticket.id, title: ticket.title, priceCents: ticket.priceCents, userID: ticket.userID, version: ticket.version)
  }
}

extension TicketsV1.TicketUpdated {
  init(_ ticket: Ticket) {
    self.init(
      id: ticket.id, title: ticket.title, priceCents: ticket.priceCents, userID: ticket.userID,
      orderID: ticket.orderID ?? "", version: ticket.version, editVersion: ticket.editVersion)
  }
}
