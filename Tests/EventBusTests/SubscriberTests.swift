import EventBus
import Redis
import RedisTestSupport
import Testing

@Suite struct SubscriberTests {
  @Test func `what was published before and after the start is applied once and acknowledged`() async throws {
    try await withRedis { redis in
      let ledger = OrderLedger(redis)
      try await redis.publish(.created("a"))
      try await Subscriber(ledger.listeners, on: redis).running {
        try await eventually("a is applied") { try await ledger.holds(["a 0"]) }
        try await redis.publish(.created("b"))
        try await redis.publish(.cancelled("a"))
        try await eventually("all is applied") { try await ledger.holds(["a 0", "b 0", "a 1"]) }
        try await eventually("all is acknowledged") {
          let created = try await redis.isFinished(.orderCreated, by: .tickets)
          let cancelled = try await redis.isFinished(.orderCancelled, by: .tickets)
          return created && cancelled
        }
      }
      #expect(ledger.attemptCount == 3)
    }
  }
}
