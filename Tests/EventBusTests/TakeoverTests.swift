import EventBus
import EventBusTestSupport
import Foundation
import ProcessTestSupport
import RPC
import Redis
import RedisTestSupport
import Synchronization
import Testing

/// Consumers that die, stall and come back, as processes of their own.
@Suite struct TakeoverTests {
  private static let orders = (0..<20).map { "order-\($0)" }
  private static let begun = orders.map { "began \($0) 0" }
  private static let all = Set(orders.map { "\($0) 0" })

  /// Never opened, but where a test does.
  private static let gate = RedisKey("{test}:gate")

  private func publishAll(on redis: RedisClient) async throws {
    for order in Self.orders { try await redis.publish(.created(order)) }
  }

  @Test func `what a killed process had in hand is taken over`() async throws {
    try await withRedisServer { server in
      try await withRedisClient(server) { redis in
        let victim = try RunningProcess.consumer("victim", on: server, gate: Self.gate)
        try await publishAll(on: redis)
        try await victim.says(Self.begun)
        await victim.kill()
        let ledger = OrderLedger(redis)
        try await Subscriber(ledger.listeners, on: redis, .forTests("heir")).running {
          try await eventually("all is applied") { try await ledger.holds(Self.all) }
          try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
        }
      }
    }
  }

  @Test func `a process that comes back under its name goes on at once`() async throws {
    try await withRedisServer { server in
      try await withRedisClient(server) { redis in
        // Nothing is ever taken over here.
        let victim = try RunningProcess.consumer("same", on: server, claimIdle: .seconds(600), gate: Self.gate)
        try await publishAll(on: redis)
        try await victim.says(Self.begun)
        await victim.kill()
        let second = try RunningProcess.consumer("same", on: server, claimIdle: .seconds(600))
        let ledger = OrderLedger(redis)
        try await eventually("all is applied") { try await ledger.holds(Self.all) }
        try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
        await second.kill()
      }
    }
  }

  @Test func `a zombie that comes back after its entries were taken changes nothing, and goes on`() async throws {
    try await withRedisServer { server in
      try await withRedisClient(server) { redis in
        let zombie = try RunningProcess.consumer("zombie", on: server, gate: Self.gate)
        try await publishAll(on: redis)
        try await zombie.says(Self.begun)
        zombie.signal(SIGSTOP)
        let ledger = OrderLedger(redis)
        try await Subscriber(ledger.listeners, on: redis, .forTests("heir")).running {
          try await eventually("all is applied") { try await ledger.holds(Self.all) }
          try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
        }
        try await redis.set(Self.gate, "open")
        zombie.signal(SIGCONT)
        try await zombie.says(Self.orders.map { "ended \($0) 0 duplicate" })
        #expect(try await ledger.holds(Self.all))
        try await redis.publish(.created("new"))
        try await zombie.says(["ended new 0 applied"])
        try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
        #expect(try await ledger.holds(Self.all.union(["new 0"])))
        await zombie.kill()
      }
    }
  }

  @Test func `processes are killed and started again while events come, and each is applied once`() async throws {
    try await withRedisServer { server in
      try await withRedisClient(server) { redis in
        let orders = (0..<200).map { "order-\($0)" }
        let ledger = OrderLedger(redis)
        func start(_ name: String) throws -> RunningProcess {
          try .consumer(name, on: server, claimIdle: .seconds(1))
        }
        var processes = try (0..<3).map { try start("consumer-\($0)") }
        for (index, order) in orders.enumerated() {
          try await redis.publish(.created(order))
          try await redis.publish(.cancelled(order))
          guard index % 25 == 24 else { continue }
          let number = index / 25 % processes.count
          await processes[number].kill()
          // Some come back under their names, some under new ones.
          processes[number] = try start(index % 50 == 49 ? "consumer-\(number)" : "consumer-\(number)-\(index)")
        }
        try await eventually("all is applied", within: .seconds(60)) {
          try await ledger.hasSeen(1, of: orders)
        }
        try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
        for process in processes { await process.kill() }
        #expect(try await redis.deadLetters(.orderCreated, of: .tickets).isEmpty)
        #expect(try await redis.deadLetters(.orderCancelled, of: .tickets).isEmpty)
      }
    }
  }

  @Test func `an entry that waits stays with the consumer that holds it`() async throws {
    try await withRedis { redis in
      let ledger = OrderLedger(redis) { _ in throw RPCError(.unavailable, "not now") }
      let patient = SubscriberSettings.forTests("patient")
      let entry = try await redis.publish(.cancelled("a"))
      try await Subscriber(ledger.listeners, on: redis, patient).running {
        try await eventually("it waits") { ledger.attempts(at: "a", 1) > 0 }
        let other = OrderLedger(redis, name: "other")
        try await Subscriber(other.listeners, on: redis, .forTests("other")).running {
          // More than twice the time after which it would have been taken.
          let since = ContinuousClock.now
          try await eventually("time passes") { ContinuousClock.now - since > .milliseconds(1500) }
        }
        #expect(other.attemptCount == 0)
        let pending = try await redis.xpending(Subject.orderCancelled.stream, group: "tickets-service", count: 9)
        #expect(pending.map(\.id) == entry)
        #expect(pending.map(\.consumer) == ["patient"])
      }
    }
  }

  @Test func `an entry that somebody else has acknowledged is dropped`() async throws {
    try await withRedis { redis in
      let ledger = OrderLedger(redis) { _ in throw RPCError(.unavailable, "not now") }
      let entry = try await redis.publish(.cancelled("a"))
      try await Subscriber(ledger.listeners, on: redis).running {
        try await eventually("it waits") { ledger.attempts(at: "a", 1) > 0 }
        try await redis.xack(Subject.orderCancelled.stream, group: "tickets-service", entry)
        try await eventually("it is tried no more") {
          let attempts = ledger.attempts(at: "a", 1)
          try await Task.sleep(for: .milliseconds(200))
          return ledger.attempts(at: "a", 1) == attempts
        }
      }
    }
  }

  @Test func `failures are remembered over a restart`() async throws {
    try await withRedis { redis in
      let ledger = OrderLedger(redis) { _ in throw NotInTime() }
      try await redis.publish(.created("a"))
      let first = SubscriberSettings.forTests("same") { $0.maximumDeliveries = 1000 }
      try await Subscriber(ledger.listeners, on: redis, first).running {
        try await eventually("the server knows of three failures") {
          try await redis.xpending(Subject.orderCreated.stream, group: "tickets-service", count: 1)
            .first.map { $0.deliveries >= 3 } ?? false
        }
      }
      let attempts = ledger.attemptCount
      let second = SubscriberSettings.forTests("same") { $0.maximumDeliveries = 4 }
      try await Subscriber(ledger.listeners, on: redis, second).running {
        try await eventually("it is given up") {
          try await redis.deadLetters(.orderCreated, of: .tickets).count == 1
        }
      }
      #expect(ledger.attemptCount == attempts + 1)
    }
  }
}
