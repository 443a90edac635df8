import Money
import TicketingProto

/// The tickets service's RPCs; each has a file of its own beside this one.
struct TicketsHandlers: TicketsV1.TicketsServiceProtocol {
  let store: TicketStore
  let limits: PriceLimits
}

extension TicketsV1.Ticket {
  init(_ ticket: Ticket) {
    self.init(
      id: ticket.id, title: ticket.title, priceCents: ticket.priceCents, userID: ticket.userID,
      orderID: ticket.orderID ?? "", version: ticket.version, sold: ticket.isSold)
  }
}
