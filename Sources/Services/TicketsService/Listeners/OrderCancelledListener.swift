import EventBus
import EventMessages
import TicketingProto

/// Puts the ticket up for sale again, if it is this order's.
struct OrderCancelledListener: Sendable {
  let store: TicketStore

  var listener: Listener { Listener(.orderCancelled, OrdersV1.OrderCancelled.self, apply: apply) }

  func apply(_ event: OrdersV1.OrderCancelled, _ header: EventHeader) async throws -> Application {
    try await store.apply(
      .cancelled, of: event.id, OrderMark(reservation: event.reservation, version: event.version), to: event.ticketID,
      trace: header.trace)
  }
}
