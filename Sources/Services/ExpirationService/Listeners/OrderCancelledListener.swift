import EventBus
import EventMessages
import TicketingProto

/// The ticket is free again: nothing is left to wait for.
struct OrderCancelledListener: Sendable {
  let store: DeadlineStore

  var listener: Listener { Listener(.orderCancelled, OrdersV1.OrderCancelled.self, apply: apply) }

  func apply(_ event: OrdersV1.OrderCancelled, _ header: EventHeader) async throws -> Application {
    try await store.apply(.unschedule, of: event.id, version: header.version)
  }
}
