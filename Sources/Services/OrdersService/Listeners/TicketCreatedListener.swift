import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// A ticket can be ordered from now on.
  static func ticketCreated(_ store: OrderStore) -> Listener {
    Listener(TicketsV1.TicketCreated.self) { event, header in
      try await store.learn(
        OfferedTicket(
          id: event.id, title: event.title, priceCents: event.priceCents, userID: event.userID, version: event.version),
        at: header.at)
    }
  }
}
