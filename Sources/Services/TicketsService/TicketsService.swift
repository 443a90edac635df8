import EventBus
import Logging
import Money
import Records
import Redis
import ServiceHost
import TicketingProto

extension HostedService {
  /// Tickets that users sell.
  package static func tickets(redis: RedisClient, bus: Bus, limits: PriceLimits, logger: Logger) -> HostedService {
    let store = TicketStore(redis: redis, unreadable: UnreadableRecords(logger: logger))
    return HostedService(
      name: "tickets", serviceName: TicketsV1.TicketsServiceMethods.serviceName,
      methods: TicketsV1.TicketsServiceMethods.registrations(TicketsHandlers(store: store, limits: limits)),
      callers: ["gateway"],
      workers: bus.workers(
        of: .tickets, redis: redis,
        listeners: [.orderCreated(store), .orderCancelled(store), .orderCompleted(store)]),
      dependencies: [.redis(redis)])
  }
}
