import EventBus
import Logging
import Redis
import ServiceHost
import TicketingProto

extension HostedService {
  /// Money for orders. `orders` is the service that must agree before anything is charged.
  package static func payments(
    redis: RedisClient, bus: Bus, orders: OrdersV1.OrdersServiceClient, credentials: ServiceCredentials,
    settings: PaymentsSettings, logger: Logger
  ) throws -> HostedService {
    HostedService(
      name: "payments", serviceName: PaymentsV1.PaymentsServiceMethods.serviceName, methods: [],
      workers: bus.workers(of: .payments, redis: redis, listeners: []), dependencies: [.redis(redis)])
  }
}
