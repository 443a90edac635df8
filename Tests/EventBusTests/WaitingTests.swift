import EventBus
import EventBusTestSupport
import RPC
import Redis
import RedisTestSupport
import Synchronization
import Testing

/// Whatever waits keeps nothing else from being read, applied, acknowledged or taken over.
@Suite struct WaitingTests {
  private static let stuck = (0..<80).map { "stuck-\($0)" }
  private static let group = Participant.tickets.group

  /// Eighty orders cannot be applied until `isOpen`; eight of them may wait in memory.
  private func withStuckOrders(
    _ body: (_ redis: RedisClient, _ ledger: OrderLedger, _ settings: SubscriberSettings, _ open: () -> Void)
      async throws -> Void
  ) async throws {
    try await withRedis { redis in
      let isOpen = Mutex(false)
      let ledger = OrderLedger(redis) { header in
        if header.key.hasPrefix("stuck"), !isOpen.withLock({ $0 }) { throw RPCError(.unavailable, "not now") }
      }
      let settings = SubscriberSettings.forTests {
        $0.batch = 4
        $0.maximumWaiting = 8
        $0.maximumDeliveries = 2
      }
      for order in Self.stuck { try await redis.publish(.cancelled(order)) }
      try await body(redis, ledger, settings) { isOpen.withLock { $0 = true } }
    }
  }

  @Test func `what can be applied is, behind any number that cannot; and they come when they can`() async throws {
    try await withStuckOrders { redis, ledger, settings, open in
      let others = (0..<200).map { "other-\($0)" }
      for order in others { try await redis.publish(.created(order), .cancelled(order)) }
      try await Subscriber(ledger.listeners, on: redis, settings).running {
        try await eventually("the others are applied") { try await ledger.hasSeen(1, of: others) }
        try await eventually("and acknowledged") {
          try await redis.pendingCount(.orderCancelled, of: .tickets) == Self.stuck.count
        }
        #expect(try await redis.deadLetters(.orderCancelled, of: .tickets).isEmpty)
        open()
        try await eventually("those that waited are applied") { try await ledger.hasSeen(1, of: Self.stuck) }
        try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
      }
    }
  }

  @Test func `what another has left behind is taken over beside any number that wait`() async throws {
    try await withStuckOrders { redis, ledger, settings, _ in
      try await Subscriber(ledger.listeners, on: redis, settings).running {
        try await eventually("more have been tried than may wait") { ledger.attemptCount > 40 }
        try await redis.publish(.created("left"))
        // Whoever is given it never comes back. This consumer may be quicker, as often as it likes.
        _ = try await redis.xreadgroup(
          group: Self.group, consumer: "dead", [(Subject.orderCreated.stream, .new)], count: 1)
        try await eventually("it is applied") { try await ledger.hasSeen(0, of: ["left"]) }
      }
    }
  }

  @Test func `what waits is not remembered as failed, in whatever hands it was`() async throws {
    try await withStuckOrders { redis, ledger, settings, _ in
      for consumer in ["first", "second"] {
        var settings = settings
        settings.consumer = consumer
        let before = ledger.attemptCount
        try await Subscriber(ledger.listeners, on: redis, settings).running {
          try await eventually("all are tried some times") { ledger.attemptCount > before + 600 }
        }
      }
      try await eventually("all wait on") {
        try await redis.pendingCount(.orderCancelled, of: .tickets) == Self.stuck.count
      }
      #expect(try await redis.deadLetters(.orderCancelled, of: .tickets).isEmpty)
    }
  }

  @Test func `two consumers that get one order's versions in turn wait for nothing`() async throws {
    try await withRedis { redis in
      let ledger = OrderLedger(redis)
      // Nothing is ever taken over here, and what waits longer than the test fails it.
      let settings = ["a", "b"].map { name in
        SubscriberSettings.forTests(name) {
          $0.claimIdle = .seconds(600)
          $0.batch = 1
        }
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for settings in settings {
          group.addTask { try await Subscriber(ledger.listeners, on: redis, settings).run() }
        }
        for version in 1...2000 as ClosedRange<Int64> {
          try await redis.publish(.cancelled("busy", version: version))
        }
        try await eventually("the newest is applied") { try await ledger.hasSeen(2000, of: ["busy"]) }
        try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
        group.cancelAll()
      }
      #expect(try await redis.deadLetters(.orderCancelled, of: .tickets).isEmpty)
      #expect(ledger.attemptCount == 2000)
    }
  }

  @Test(arguments: ["retried-dead-letters", "a consumer that is gone"])
  func `what stands under the name of nobody is picked up`(_ name: String) async throws {
    try await withStuckOrders { redis, ledger, settings, _ in
      try await Subscriber(ledger.listeners, on: redis, settings).running {
        try await eventually("more have been tried than may wait") { ledger.attemptCount > 40 }
        let entry = try await redis.publish(.created("parked"))[0]
        try await eventually("it is applied") { try await ledger.hasSeen(0, of: ["parked"]) }
        try await eventually("and acknowledged") { try await redis.pendingCount(.orderCreated, of: .tickets) == 0 }
        try await redis.del(RedisKey("{test}:order:parked"))
        _ = try await redis.send(
          RedisCommand(
            "XCLAIM", .key(Subject.orderCreated.stream), .string(Self.group), .string(name), 0, .string(entry), "IDLE",
            86_400_000, "RETRYCOUNT", 0, "FORCE", "JUSTID"))
        try await eventually("it is applied again") { try await ledger.hasSeen(0, of: ["parked"]) }
      }
    }
  }
}
