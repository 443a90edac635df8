import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// Puts the ticket up for sale again, if it is this order's.
  static func orderCancelled(_ store: TicketStore) -> Listener {
    Listener(OrdersV1.OrderCancelled.self) { event, header in
      try await store.apply(
        .cancelled, of: event.id, OrderMark(reservation: event.reservation, version: event.version), to: event.ticketID,
        trace: header.trace)
    }
  }
}
