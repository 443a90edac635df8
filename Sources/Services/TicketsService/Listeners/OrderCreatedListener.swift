import EventBus
import EventMessages
import TicketingProto

/// Reserves the ticket, so that it is not listed and not changed any more.
struct OrderCreatedListener: Sendable {
  let store: TicketStore

  var listener: Listener { Listener(.orderCreated, OrdersV1.OrderCreated.self, apply: apply) }

  func apply(_ event: OrdersV1.OrderCreated, _ header: EventHeader) async throws -> Application {
    guard let ticket = event.ticket else { throw MalformedEvent("there is no ticket") }
    return try await store.apply(
      .created, of: event.id, OrderMark(reservation: ticket.reservation, version: event.version), to: ticket.id,
      trace: header.trace)
  }
}
