import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// Notes that the ticket is sold, for its seller to see.
  static func orderCompleted(_ store: TicketStore) -> Listener {
    Listener(OrdersV1.OrderCompleted.self) { event, header in
      try await store.apply(
        .completed, of: event.id, OrderMark(reservation: event.reservation, version: event.version), to: event.ticketID,
        trace: header.trace)
    }
  }
}
