import EventBus
import Logging
import Redis
import ServiceHost

extension HostedService {
  /// Tells when the time to pay an order is over.
  package static func expiration(redis: RedisClient, bus: Bus, logger: Logger) -> HostedService {
    HostedService(
      name: "expiration", serviceName: "ticketing.expiration.v1.ExpirationService", methods: [],
      workers: bus.workers(of: .expiration, redis: redis, listeners: []), dependencies: [.redis(redis)])
  }
}
