import EventBus
import EventMessages
import TicketingProto

/// The ticket is paid: nothing is left to wait for.
struct OrderCompletedListener: Sendable {
  let store: DeadlineStore

  var listener: Listener { Listener(.orderCompleted, OrdersV1.OrderCompleted.self, apply: apply) }

  func apply(_ event: OrdersV1.OrderCompleted, _ header: EventHeader) async throws -> Application {
    try await store.apply(.unschedule, of: event.id, version: header.version)
  }
}
