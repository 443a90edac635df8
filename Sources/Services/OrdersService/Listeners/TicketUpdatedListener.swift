import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// Title and price are new, or only the version: that a ticket is reserved or free is what orders itself has told.
  static func ticketUpdated(_ store: OrderStore) -> Listener {
    Listener(TicketsV1.TicketUpdated.self) { event, header in
      try await store.learn(
        OfferedTicket(
          id: event.id, title: event.title, priceCents: event.priceCents, userID: event.userID, version: event.version,
          editVersion: event.editVersion),
        at: header.at)
    }
  }
}
