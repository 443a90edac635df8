import EventBus
import Redis
import ServiceHost
import TicketingProto

extension HostedService {
  /// Tickets that users sell.
  package static func tickets(redis: RedisClient, bus: Bus) -> HostedService {
    let handlers = TicketsHandlers(store: TicketStore(redis: redis))
    return HostedService(
      name: "tickets", serviceName: TicketsV1.TicketsServiceMethods.serviceName,
      methods: TicketsV1.TicketsServiceMethods.registrations(handlers),
      workers: bus.workers(of: .tickets, redis: redis, listeners: []),
      dependencies: [.redis(redis)])
  }
}
