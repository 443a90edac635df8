import EventBus
import EventBusTestSupport
import RPC
import Redis
import RedisTestSupport
import Synchronization
import Testing

/// Redis servers that forget, restart, are away or full.
@Suite struct OutageTests {
  /// A server with the streams and one with what they are applied to.
  private func withTwoServers(
    _ body: (_ bus: RedisTestServer, _ events: RedisClient, _ storage: RedisTestServer, _ store: RedisClient)
      async throws -> Void
  ) async throws {
    try await withRedisServer { bus in
      try await withRedisServer { storage in
        try await withRedisClient(bus) { events in
          try await withRedisClient(storage) { store in try await body(bus, events, storage, store) }
        }
      }
    }
  }

  private func waitUntilReading(_ redis: RedisClient) async throws {
    try await eventually("a read is blocked") { try await redis.info("clients")["blocked_clients"] == "1" }
  }

  enum Loss: String, CaseIterable, CustomTestStringConvertible {
    case group, stream, everything
    var testDescription: String { rawValue }

    func happen(on redis: RedisClient) async throws {
      let stream = Subject.orderCreated.stream
      switch self {
      case .group:
        _ = try await redis.send(RedisCommand("XGROUP", "DESTROY", .key(stream), "tickets-service"))
      case .stream: try await redis.del(stream)
      case .everything: _ = try await redis.send(RedisCommand("FLUSHALL"))
      }
    }
  }

  @Test(arguments: Loss.allCases)
  func `a group that is lost while a read is blocked is made again`(_ loss: Loss) async throws {
    try await withTwoServers { _, events, _, store in
      let ledger = OrderLedger(store)
      // A read that lasts: nothing but the loss itself ends it.
      let settings = SubscriberSettings.forTests { $0.block = .seconds(20) }
      try await Subscriber(ledger.listeners, on: events, settings).running {
        try await events.publish(.created("a"))
        try await eventually("it runs") { try await ledger.holds(["a 0"]) }
        try await waitUntilReading(events)
        try await loss.happen(on: events)
        try await events.publish(.created("b"))
        try await eventually("the next is applied", within: .seconds(15)) { try await ledger.holds(["a 0", "b 0"]) }
        try await events.publish(.cancelled("b"))
        try await eventually("the other stream too") { try await ledger.holds(["a 0", "b 0", "b 1"]) }
        try await eventually("all is acknowledged") { try await events.areOrdersFinished(by: .tickets) }
      }
    }
  }

  @Test(arguments: [false, true])
  func `the streams' server restarts while a read is blocked`(_ isKilled: Bool) async throws {
    try await withTwoServers { bus, events, _, store in
      let ledger = OrderLedger(store)
      try await Subscriber(ledger.listeners, on: events, .forTests { $0.block = .seconds(20) }).running {
        try await events.publish(.created("a"))
        try await eventually("it runs") { try await ledger.holds(["a 0"]) }
        try await waitUntilReading(events)
        if isKilled { try await bus.kill() } else { try await bus.stop() }
        try await bus.start()
        try await eventually("the next is published") { try await events.publish(.created("b")) != [] }
        try await eventually("the next is applied") { try await ledger.holds(["a 0", "b 0"]) }
        try await eventually("all is acknowledged") { try await events.areOrdersFinished(by: .tickets) }
      }
    }
  }

  @Test func `what was read before the streams' server was killed is applied and acknowledged after it`() async throws {
    try await withTwoServers { bus, events, _, store in
      let isOpen = Mutex(false)
      let ledger = OrderLedger(store) { _ in
        while !isOpen.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(2)) }
      }
      for number in 0..<20 { try await events.publish(.created("order-\(number)")) }
      try await Subscriber(ledger.listeners, on: events).running {
        try await eventually("all have begun") { ledger.attemptCount == 20 }
        try await bus.kill()
        isOpen.withLock { $0 = true }
        try await eventually("all are applied") { try await ledger.changes.count == 20 }
        try await bus.start()
        try await eventually("all is acknowledged") { try await events.areOrdersFinished(by: .tickets) }
      }
      #expect(try await ledger.changes.count == 20)
    }
  }

  @Test func `a full store acknowledges nothing and gives nothing up`() async throws {
    try await withTwoServers { _, events, _, store in
      _ = try await store.send(RedisCommand("CONFIG", "SET", "maxmemory", 1))
      let ledger = OrderLedger(store)
      let settings = SubscriberSettings.forTests { $0.maximumDeliveries = 2 }
      try await Subscriber(ledger.listeners, on: events, settings).running {
        for order in ["a", "b"] { try await events.publish(.created(order), .cancelled(order)) }
        try await eventually("all are tried often") {
          ledger.attempts(at: "a", 0) > 5 && ledger.attempts(at: "b", 0) > 5
        }
        #expect(try await events.pendingCount(.orderCreated, of: .tickets) == 2)
        #expect(try await events.deadLetters(.orderCreated, of: .tickets).isEmpty)
        _ = try await store.send(RedisCommand("CONFIG", "SET", "maxmemory", 0))
        try await eventually("all is applied") { try await ledger.hasSeen(1, of: ["a", "b"]) }
        try await eventually("all is acknowledged") { try await events.areOrdersFinished(by: .tickets) }
      }
    }
  }

  @Test func `events wait for a store that is away`() async throws {
    try await withTwoServers { _, events, storage, store in
      let ledger = OrderLedger(store)
      let settings = SubscriberSettings.forTests { $0.maximumDeliveries = 2 }
      try await store.ping()
      try await storage.kill()
      try await Subscriber(ledger.listeners, on: events, settings).running {
        try await events.publish(.created("a"), .cancelled("a"))
        try await eventually("they are tried often") {
          ledger.attempts(at: "a", 0) > 20 && ledger.attempts(at: "a", 1) > 20
        }
        #expect(try await events.pendingCount(.orderCreated, of: .tickets) == 1)
        try await storage.start()
        try await eventually("both are applied") { try await ledger.hasSeen(1, of: ["a"]) }
        try await eventually("all is acknowledged") { try await events.areOrdersFinished(by: .tickets) }
      }
    }
  }

  @Test(arguments: [StatusCode.unavailable, .deadlineExceeded])
  func `a service that a listener needs may be away as long as it likes`(_ code: StatusCode) async throws {
    try await withRedis { redis in
      let calls = Mutex(0)
      let ledger = OrderLedger(redis) { _ in
        let call = calls.withLock { calls in
          calls += 1
          return calls
        }
        if call <= 10 { throw RPCError(code, "not now") }
      }
      try await redis.publish(.created("a"))
      try await Subscriber(ledger.listeners, on: redis, .forTests { $0.maximumDeliveries = 2 }).running {
        try await eventually("it is applied") { try await ledger.holds(["a 0"]) }
      }
      #expect(calls.withLock { $0 } == 11)
    }
  }

  @Test func `a full server of the streams is read, acknowledged and freed`() async throws {
    try await withTwoServers { _, events, _, store in
      let ledger = OrderLedger(store) { header in
        if header.key == "bad" { throw MalformedEvent("bad") }
      }
      try await events.publish(.created("a"), .created("bad"))
      for subject in [Subject.orderCreated, .orderCancelled] {
        try await events.xgroupCreate(subject.stream, group: "tickets-service")
      }
      _ = try await events.send(RedisCommand("CONFIG", "SET", "maxmemory", 1))
      try await Subscriber(ledger.listeners, on: events).running {
        try await eventually("it is applied") { try await ledger.holds(["a 0"]) }
        try await eventually("it is acknowledged; what has no place among the dead letters is kept") {
          try await events.pendingCount(.orderCreated, of: .tickets) == 1
        }
        _ = try await events.send(RedisCommand("CONFIG", "SET", "maxmemory", 0))
        try await eventually("it is a dead letter") {
          try await events.deadLetters(.orderCreated, of: .tickets).count == 1
        }
        try await eventually("all is acknowledged") { try await events.areOrdersFinished(by: .tickets) }
      }
    }
  }

  @Test func `an entry that is deleted while it is pending is acknowledged`() async throws {
    try await withRedis { redis in
      let ledger = OrderLedger(redis)
      let entry = try await redis.publish(.created("a"))
      try await redis.xgroupCreate(Subject.orderCreated.stream, group: "tickets-service")
      _ = try await redis.xreadgroup(
        group: "tickets-service", consumer: "same", [(Subject.orderCreated.stream, .new)], count: 1)
      _ = try await redis.send(RedisCommand("XDEL", .key(Subject.orderCreated.stream), .string(entry[0])))
      try await redis.publish(.created("b"))
      try await Subscriber(ledger.listeners, on: redis, .forTests("same")).running {
        try await eventually("the next is applied") { try await ledger.holds(["b 0"]) }
        try await eventually("all is acknowledged") {
          try await redis.pendingCount(.orderCreated, of: .tickets) == 0
        }
      }
    }
  }
}
