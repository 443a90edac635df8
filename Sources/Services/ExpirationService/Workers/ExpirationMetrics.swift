import Redis
import Telemetry

/// What the poller has fired, and what it has before it.
struct ExpirationMetrics: Sendable {
  let firingDelay = Histogram<NoLabels>(
    "ticketing_expiration_firing_delay_seconds", help: "From the end of an order's time to its timer's firing.",
    bounds: .delivery)

  func sources(_ redis: RedisClient) -> [any MetricSource] {
    [firingDelay, SampledMetrics { try await Self.timers(redis) }]
  }

  private static func timers(_ redis: RedisClient) async throws -> [MetricFamily] {
    let scheduled = try await redis.zcard(ExpirationKeys.due)
    let overdue = try await redis.zcount(ExpirationKeys.due, "-inf", "\(try await redis.time())")
    return [
      .gauge("ticketing_expirations_scheduled", help: "Timers that are set.", Double(scheduled)),
      .gauge(
        "ticketing_expirations_overdue", help: "Timers whose time has come and that have not fired.", Double(overdue)),
    ]
  }
}
