import EventBus
import TicketingProto

extension OrdersListeners {
  /// Title and price are new, or only the version: that a ticket is reserved or free is what orders itself has told.
  var ticketUpdated: Listener {
    Listener(.ticketUpdated, TicketsV1.TicketUpdated.self) { event, header in
      try check(header, tellsOf: event.id, version: event.version)
      let ticket = OfferedTicket(
        id: try validated(event.id).description, title: event.title, priceCents: event.priceCents,
        userID: event.userID, version: event.version)
      return try await store.learn(ticket, at: header.at)
    }
  }
}
