import EventBus
import TicketingProto

extension OrdersListeners {
  /// A ticket can be ordered from now on.
  var ticketCreated: Listener {
    Listener(.ticketCreated, TicketsV1.TicketCreated.self) { event, header in
      try check(header, tellsOf: event.id, version: event.version)
      let ticket = OfferedTicket(
        id: try validated(event.id).description, title: event.title, priceCents: event.priceCents,
        userID: event.userID, version: event.version)
      return try await store.learn(ticket, at: header.at)
    }
  }
}
