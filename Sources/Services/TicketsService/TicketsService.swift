import EventBus
import Logging
import Money
import Redis
import ServiceHost
import TicketingProto

extension HostedService {
  /// Tickets that users sell.
  package static func tickets(redis: RedisClient, bus: Bus, limits: PriceLimits, logger: Logger) -> HostedService {
    let store = TicketStore(redis: redis)
    let handlers = TicketsHandlers(store: store, unreadable: UnreadableRecords(logger: logger), limits: limits)
    let listeners = [
      OrderCreatedListener(store: store).listener, OrderCancelledListener(store: store).listener,
      OrderCompletedListener(store: store).listener,
    ]
    return HostedService(
      name: "tickets", serviceName: TicketsV1.TicketsServiceMethods.serviceName,
      methods: TicketsV1.TicketsServiceMethods.registrations(handlers), callers: ["gateway"],
      workers: bus.workers(of: .tickets, redis: redis, listeners: listeners),
      dependencies: [.redis(redis)])
  }
}
