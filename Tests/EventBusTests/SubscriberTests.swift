import EventBus
import EventBusTestSupport
import Redis
import RedisTestSupport
import Synchronization
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
        try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
      }
      #expect(ledger.attemptCount == 3)
    }
  }

  @Test func `over many consumers each event reaches each group once`() async throws {
    try await withRedis { redis in
      let groups: [Participant] = [.tickets, .payments, .expiration]
      let ledgers = groups.map { OrderLedger(redis, name: $0.rawValue) }
      // Nobody takes anything over here.
      let settings = (0..<3).map { SubscriberSettings.forTests("consumer-\($0)") { $0.claimIdle = .seconds(600) } }
      let orders = (0..<150).map { "order-\($0)" }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (participant, ledger) in zip(groups, ledgers) {
          for settings in settings {
            group.addTask { try await Subscriber(ledger.listeners, on: redis, settings, as: participant).run() }
          }
        }
        try await withThrowingTaskGroup(of: Void.self) { publishers in
          for order in orders {
            publishers.addTask {
              try await redis.publish(.created(order))
              try await redis.publish(.cancelled(order))
            }
          }
          try await publishers.waitForAll()
        }
        for (participant, ledger) in zip(groups, ledgers) {
          try await eventually("\(participant) has all") { try await ledger.hasSeen(1, of: orders) }
          try await eventually("\(participant) has acknowledged all") {
            try await redis.areOrdersFinished(by: participant)
          }
          #expect(orders.allSatisfy { ledger.attempts(at: $0, 0) == 1 && ledger.attempts(at: $0, 1) == 1 })
        }
        group.cancelAll()
      }
    }
  }

  @Test func `events of one order are applied in their order, one at a time`() async throws {
    try await withRedis { redis in
      let running = Mutex<[String: Int]>([:])
      let ledger = OrderLedger(redis) { header in
        let others = running.withLock { running in
          defer { running[header.key, default: 0] += 1 }
          return running[header.key] ?? 0
        }
        #expect(others == 0)
        try await Task.sleep(for: .microseconds(.random(in: 0...2000)))
        running.withLock { $0[header.key, default: 0] -= 1 }
      }
      for version in 0..<50 as Range<Int64> {
        try await redis.publish(.created("a", version: version), .created("b", version: version))
      }
      try await Subscriber(ledger.listeners, on: redis).running {
        try await eventually("all is applied") { try await ledger.changes.count == 100 }
      }
      let changes = try await ledger.changes
      #expect(changes.filter { $0.hasPrefix("a") } == (0..<50).map { "a \($0)" })
      #expect(changes.filter { $0.hasPrefix("b") } == (0..<50).map { "b \($0)" })
      #expect(ledger.attemptCount == 100)
    }
  }

  @Test func `the newest version is applied at once, and what comes after it is a duplicate`() async throws {
    try await withRedis { redis in
      let ledger = OrderLedger(redis)
      try await Subscriber(ledger.listeners, on: redis).running {
        try await redis.publish(.cancelled("a", version: 7))
        try await eventually("it is applied") { try await ledger.changes == ["a 7"] }
        try await redis.publish(.created("a"), .created("a", version: 6), .created("b"))
        try await eventually("the next is applied") { try await ledger.changes == ["a 7", "b 0"] }
        try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
      }
      #expect(try await ledger.changes == ["a 7", "b 0"])
    }
  }

  @Test func `an event that takes its time holds up no other order's`() async throws {
    try await withRedis { redis in
      let ledger = OrderLedger(redis) { header in
        if header.key == "slow" { try await Task.sleep(for: .seconds(600)) }
      }
      try await redis.publish(.created("slow"))
      try await Subscriber(ledger.listeners, on: redis).running {
        try await eventually("it has begun") { ledger.attempts(at: "slow", 0) == 1 }
        for order in 0..<300 { try await redis.publish(.created("order-\(order)")) }
        try await eventually("all others are applied") { try await ledger.changes.count == 300 }
      }
    }
  }

  @Test func `duplicates and a replay of the whole stream change nothing`() async throws {
    try await withRedis { redis in
      let ledger = OrderLedger(redis)
      let orders = (0..<50).map { "order-\($0)" }
      for order in orders { try await redis.publish(.created(order), .cancelled(order)) }
      try await Subscriber(ledger.listeners, on: redis).running {
        try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
        let changes = try await ledger.changes
        #expect(try await ledger.hasSeen(1, of: orders))
        for order in orders { try await redis.publish(.cancelled(order), .created(order)) }
        try await eventually("the duplicates are acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
        for subject in [Subject.orderCreated, .orderCancelled] {
          _ = try await redis.send(
            RedisCommand("XGROUP", "SETID", .key(subject.stream), .string(Participant.tickets.group), "0"))
        }
        let attempts = ledger.attemptCount
        try await redis.publish(.created("last"))
        try await eventually("the replay is over") { ledger.attemptCount == attempts + 201 }
        try await eventually("the replay is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
        #expect(try await ledger.changes == changes + ["last 0"])
      }
    }
  }

  @Test func `what was put together wrongly does not run`() async throws {
    try await withRedis { redis in
      let ledger = OrderLedger(redis)
      await #expect(throws: SubscriberError.self) {
        try await Subscriber([ledger.created, ledger.created], on: redis).run()
      }
      await #expect(throws: SubscriberError.self) {
        try await Subscriber(
          .tickets, listeners: [ledger.created], sources: EventSources([.tickets: redis]), settings: .forTests(),
          logger: .silent
        ).run()
      }
    }
  }
}
