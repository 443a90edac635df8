import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// Reserves the ticket, so that it is not listed and not changed any more.
  static func orderCreated(_ store: TicketStore) -> Listener {
    Listener(OrdersV1.OrderCreated.self) { event, header in
      guard let ticket = event.ticket else { throw MalformedEvent("there is no ticket") }
      return try await store.apply(
        .created, of: event.id, OrderMark(reservation: ticket.reservation, version: event.version), to: ticket.id,
        trace: header.trace)
    }
  }
}
