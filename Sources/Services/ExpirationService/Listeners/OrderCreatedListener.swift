import EventBus
import EventMessages
import Identifiers
import TicketingProto

/// The time to pay begins. An event that comes too late for it sets a timer that fires at once.
struct OrderCreatedListener: Sendable {
  let store: DeadlineStore

  var listener: Listener { Listener(.orderCreated, OrdersV1.OrderCreated.self, apply: apply) }

  func apply(_ event: OrdersV1.OrderCreated, _ header: EventHeader) async throws -> Application {
    let deadline = UnixTime(milliseconds: event.expiresAtTime)
    return try await store.apply(.schedule(deadline, trace: header.trace), of: event.id, version: header.version)
  }
}
