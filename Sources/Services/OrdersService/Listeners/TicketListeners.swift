import EventBus
import EventMessages
import TicketingProto

extension OrdersListeners {
  /// A ticket can be ordered from now on.
  var ticketCreated: Listener {
    Listener(.ticketCreated, TicketsV1.TicketCreated.self) { event, header in
      try await store.learn(
        OfferedTicket(
          id: event.id, title: event.title, priceCents: event.priceCents, userID: event.userID, version: event.version),
        at: header.at)
    }
  }

  /// Title and price are new, or only the version: that a ticket is reserved or free is what orders itself has told.
  var ticketUpdated: Listener {
    Listener(.ticketUpdated, TicketsV1.TicketUpdated.self) { event, header in
      try await store.learn(
        OfferedTicket(
          id: event.id, title: event.title, priceCents: event.priceCents, userID: event.userID, version: event.version,
          editVersion: event.editVersion),
        at: header.at)
    }
  }
}
