import EventBus
import Logging
import Redis
import ServiceHost
import TicketingProto

extension HostedService {
  /// Reservations of tickets.
  package static func orders(
    redis: RedisClient, bus: Bus, settings: OrdersSettings, logger: Logger
  ) -> HostedService {
    HostedService(
      name: "orders", serviceName: OrdersV1.OrdersServiceMethods.serviceName, methods: [],
      workers: bus.workers(of: .orders, redis: redis, listeners: []), dependencies: [.redis(redis)])
  }
}
