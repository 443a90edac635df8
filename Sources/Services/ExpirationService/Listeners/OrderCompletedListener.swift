import EventBus
import EventMessages
import TicketingProto

extension Listener {
  /// The ticket is paid: nothing is left to wait for.
  static func orderCompleted(_ store: DeadlineStore) -> Listener {
    Listener(OrdersV1.OrderCompleted.self) { event, header in
      try await store.apply(.unschedule, of: event.id, version: header.version)
    }
  }
}
