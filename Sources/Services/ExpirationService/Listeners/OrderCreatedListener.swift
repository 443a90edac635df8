import EventBus
import EventMessages
import Identifiers
import TicketingProto

extension Listener {
  /// The time to pay begins. An event that comes too late for it sets a timer that fires at once.
  static func orderCreated(_ store: DeadlineStore) -> Listener {
    Listener(OrdersV1.OrderCreated.self) { event, header in
      let deadline = UnixTime(milliseconds: event.expiresAtTime)
      return try await store.apply(.schedule(deadline, trace: header.trace), of: event.id, version: header.version)
    }
  }
}
