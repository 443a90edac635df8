import EventBus
import Logging
import Redis
import ServiceHost

extension HostedService {
  /// Tells when the time to pay an order is over.
  package static func expiration(redis: RedisClient, bus: Bus, logger: Logger) -> HostedService {
    let alarm = Alarm()
    let store = DeadlineStore(redis: redis, alarm: alarm)
    return HostedService(
      name: "expiration", serviceName: "ticketing.expiration.v1.ExpirationService", methods: [],
      workers: bus.workers(
        of: .expiration, redis: redis,
        listeners: [.orderCreated(store), .orderCancelled(store), .orderCompleted(store)])
        + [DeadlinePoller(store: store, alarm: alarm, logger: logger)],
      dependencies: [.redis(redis)])
  }
}
