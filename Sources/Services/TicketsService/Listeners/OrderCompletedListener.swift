import EventBus
import EventMessages
import TicketingProto

/// Notes that the ticket is sold, for its seller to see.
struct OrderCompletedListener: Sendable {
  let store: TicketStore

  var listener: Listener { Listener(.orderCompleted, OrdersV1.OrderCompleted.self, apply: apply) }

  func apply(_ event: OrdersV1.OrderCompleted, _ header: EventHeader) async throws -> Application {
    try await store.apply(
      .completed, of: event.id, OrderMark(reservation: event.reservation, version: event.version), to: event.ticketID,
      trace: header.trace)
  }
}
