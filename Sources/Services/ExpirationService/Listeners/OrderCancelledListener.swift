import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// The ticket is free again: nothing is left to wait for.
  static func orderCancelled(_ store: DeadlineStore) -> Listener {
    Listener(OrdersV1.OrderCancelled.self) { event, header in
      try await store.apply(.unschedule, of: event.id, version: header.version)
    }
  }
}
