import EventBus
import Logging
import Records
import Redis
import ServiceHost
import TicketingProto

extension HostedService {
  /// Reservations of tickets.
  package static func orders(
    redis: RedisClient, bus: Bus, settings: OrdersSettings, logger: Logger
  ) -> HostedService {
    let store = OrderStore(redis: redis, unreadable: UnreadableRecords(logger: logger))
    let watch = OrderWatch(redis: redis, logger: logger)
    let handlers = OrdersHandlers(store: store, watch: watch, window: settings.window)
    return HostedService(
      name: "orders", serviceName: OrdersV1.OrdersServiceMethods.serviceName,
      methods: OrdersV1.OrdersServiceMethods.registrations(handlers), callers: ["gateway", "payments"],
      workers: bus.workers(
        of: .orders, redis: redis,
        listeners: [
          .ticketCreated(store), .ticketUpdated(store), .expirationComplete(store), .paymentCreated(store),
          .paymentDeclined(store), .paymentAbandoned(store), .paymentReversed(store),
        ]) + [OverdueSweeper(store: store, logger: logger)],
      stopsFirst: [watch],
      dependencies: [.redis(redis)])
  }
}
