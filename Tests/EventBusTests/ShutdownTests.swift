import EventBus
import EventBusTestSupport
import Logging
import Redis
import RedisTestSupport
import ServiceLifecycle
import Synchronization
import Testing

@Suite struct ShutdownTests {
  /// Runs it in a group as a process does, and shuts that down after `body`. How long that took.
  private func shutDown(_ subscriber: Subscriber, after body: () async throws -> Void) async throws -> Duration {
    let group = ServiceGroup(
      configuration: .init(
        services: [.init(service: subscriber)], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    let running = Task { try await group.run() }
    try await body()
    let start = ContinuousClock.now
    await group.triggerGracefulShutdown()
    try await running.value
    return .now - start
  }

  @Test func `what is being applied is finished and acknowledged, and the name goes`() async throws {
    try await withRedis { redis in
      let isOpen = Mutex(false)
      let isEnding = Mutex(false)
      let ledger = OrderLedger(redis) { _ in
        while !isOpen.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(2)) }
      }
      try await redis.publish(.created("a"), .created("b"))
      let subscriber = Subscriber(ledger.listeners, on: redis)
      async let opening: Void = {
        // In the middle of the grace period.
        try await eventually("no more is read") {
          let blocked = try await redis.info("clients")["blocked_clients"]
          return isEnding.withLock { $0 } && blocked == "0"
        }
        isOpen.withLock { $0 = true }
      }()
      _ = try await shutDown(subscriber) {
        try await eventually("they are being applied") { ledger.attemptCount == 2 }
        try await eventually("it reads") { try await redis.info("clients")["blocked_clients"] == "1" }
        isEnding.withLock { $0 = true }
      }
      try await opening
      #expect(try await ledger.holds(["a 0", "b 0"]))
      let groups = try await redis.xinfoGroups(Subject.orderCreated.stream)
      #expect(groups.map(\.pending) == [0])
      #expect(groups.map(\.consumers) == [0])
      try await eventually("no connection is left") { try await redis.info("clients")["blocked_clients"] == "0" }
    }
  }

  @Test func `a listener that does not end is left behind, and its event is free at once`() async throws {
    try await withRedis { redis in
      let ledger = OrderLedger(redis) { _ in try await Task.sleep(for: .seconds(600)) }
      let settings = SubscriberSettings.forTests("leaving") { $0.claimIdle = .seconds(8) }
      try await redis.publish(.created("a"))
      let took = try await shutDown(Subscriber(ledger.listeners, on: redis, settings)) {
        try await eventually("it is being applied") { ledger.attemptCount == 1 }
      }
      #expect(took < .seconds(6))
      let pending = try await redis.xpending(Subject.orderCreated.stream, group: "tickets-service", count: 9)
      #expect(pending.map(\.consumer) == ["leaving"])
      #expect(pending.first.map { $0.idle >= .seconds(8) } == true)
    }
  }

  @Test func `it stops while the server is away`() async throws {
    try await withRedisServer { server in
      try await withRedisClient(server) { redis in
        let ledger = OrderLedger(redis)
        let took = try await shutDown(Subscriber(ledger.listeners, on: redis)) {
          try await redis.publish(.created("a"))
          try await eventually("it runs") { try await ledger.holds(["a 0"]) }
          try await server.kill()
        }
        #expect(took < .seconds(6))
      }
    }
  }

  @Test func `without listeners it waits for the end`() async throws {
    try await withRedis { redis in
      _ = try await shutDown(Subscriber([], on: redis)) {}
    }
  }
}
