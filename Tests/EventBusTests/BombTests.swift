import EventBus
import EventBusTestSupport
import ProcessTestSupport
import Redis
import RedisTestSupport
import Testing

/// Events at which the process dies: `event-bus-test-consumer` kills itself over orders that are called so.
@Suite(.serialized, .timeLimit(.minutes(3))) struct BombTests {
  /// Deaths until a bomb is known: as many as make it a suspect, and its trials.
  private static let deathsOfOne = 5 + 3

  @Test(arguments: [1, 2])
  func `an event at which the process dies goes to the dead letters, and no other does`(bombs: Int) async throws {
    try await withRedisServer { server in
      try await withRedisClient(server) { redis in
        var orders = (0..<40).map { "order-\($0)" }
        for order in orders.prefix(20) { try await redis.publish(.created(order)) }
        for bomb in 0..<bombs { try await redis.publish(.created("bomb-\(bomb)")) }
        for order in orders.suffix(20) { try await redis.publish(.created(order), .cancelled(order)) }

        var deaths = 0
        while try await redis.deadLetters(.orderCreated, of: .tickets).count < bombs {
          let process = try RunningProcess.consumer("same", on: server)
          _ = try await process.line { $0.hasPrefix("began") ? true : nil }
          // Something new comes all the time.
          orders.append("late-\(deaths)")
          try await redis.publish(.created("late-\(deaths)"))
          try await eventually("it dies, or the bombs are known") {
            let known = try await redis.deadLetters(.orderCreated, of: .tickets).count == bombs
            return known || process.hasEnded
          }
          if process.hasEnded { deaths += 1 } else { await process.kill() }
          guard deaths <= bombs * Self.deathsOfOne + 4 else { break }
        }
        #expect(deaths >= Self.deathsOfOne)
        #expect(deaths <= bombs * Self.deathsOfOne + 1, "\(deaths)")

        let letters = try await redis.deadLetters(.orderCreated, of: .tickets)
        #expect(Set(try letters.map { try #require($0.fields).string("key") }) == Set((0..<bombs).map { "bomb-\($0)" }))
        for letter in letters {
          let fields = try #require(letter.fields)
          #expect(try fields.string("reason") == "the process died 3 times while it applied nothing but this")
          // As many as it had when it became a suspect, or the last one more.
          let deliveries = try fields.int64("deliveries")
          #expect((5...30).contains(deliveries), "\(deliveries)")
        }
        let survivor = try RunningProcess.consumer("same", on: server)
        let ledger = OrderLedger(redis)
        let cancelled = orders[20..<40]
        let created = orders.filter { !cancelled.contains($0) }
        try await eventually("all others are applied") {
          let areCreated = try await ledger.hasSeen(0, of: created)
          let areCancelled = try await ledger.hasSeen(1, of: Array(cancelled))
          return areCreated && areCancelled
        }
        try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
        await survivor.kill()
        #expect(try await redis.deadLetters(.orderCancelled, of: .tickets).isEmpty)
      }
    }
  }

  @Test func `what was in hand at many deaths that were not its fault is applied`() async throws {
    try await withRedisServer { server in
      try await withRedisClient(server) { redis in
        let orders = (0..<300).map { "order-\($0)" }
        for order in orders { try await redis.publish(.created(order)) }
        // Nothing ends while the gate is closed: all that a process has in hand becomes suspect.
        for _ in 0..<8 {
          let victim = try RunningProcess.consumer("same", on: server, gate: RedisKey("{test}:gate"))
          _ = try await victim.line { $0.hasPrefix("began") ? true : nil }
          await victim.kill()
          guard try await redis.deliveries("same") < 6 else { break }
        }
        for _ in 0..<10 {
          let victim = try RunningProcess.consumer("same", on: server)
          _ = try await victim.line { $0.hasPrefix("ended") ? true : nil }
          try await Task.sleep(for: .milliseconds(.random(in: 0...30)))
          await victim.kill()
        }
        let survivor = try RunningProcess.consumer("same", on: server)
        let ledger = OrderLedger(redis)
        try await eventually("all is applied") { try await ledger.holds(Set(orders.map { "\($0) 0" })) }
        try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
        await survivor.kill()
        #expect(try await redis.deadLetters(.orderCreated, of: .tickets).isEmpty)
      }
    }
  }
}

extension RedisClient {
  /// The most that any entry has been through with a consumer.
  fileprivate func deliveries(_ consumer: String) async throws -> Int {
    try await xpending(Subject.orderCreated.stream, group: "tickets-service", consumer: consumer, count: 100)
      .map(\.deliveries).max() ?? 0
  }
}
