import EventBus
import EventBusTestSupport
import Inspection
import Redis
import RedisTestSupport
import Synchronization
import Testing

/// A group has given up on an event; the cause is mended, and the event is to be applied after all.
@Suite(.serialized) struct DeadLetterTests {
  @Test func `a retried dead letter is applied by its group, and no other hears of it`() async throws {
    try await withDeadLetter { stores, redis, tickets, payments, letter in
      #expect(letter.stream.group == .tickets && letter.stream.subject == .orderCreated)
      #expect(letter.letter.reason.contains("broken"))
      #expect(letter.event.key == "order")
      #expect(try await letter.stream.retry(letter.letter.id) == .pendingAgain)
      try await eventually("it is applied") { try await tickets.holds(["order 0"]) }
      #expect(try await letter.stream.count() == 0)
      #expect(payments.attempts(at: "order", 0) == 1)
      #expect(try await redis.xlen(Subject.orderCreated.stream) == 1)
      #expect(try await letter.stream.retry(letter.letter.id) == .noSuchLetter)
    }
  }

  @Test func `one whose event has been trimmed is published again, and applied once by each group`() async throws {
    try await withDeadLetter { stores, redis, tickets, payments, letter in
      try await redis.xtrim(Subject.orderCreated.stream, minID: "\(UInt64.max)-0")
      #expect(try await letter.stream.retry(letter.letter.id) == .publishedAgain)
      try await eventually("it is applied") { try await tickets.holds(["order 0"]) }
      try await eventually("the other group has seen it") { payments.attempts(at: "order", 0) == 2 }
      #expect(try await payments.holds(["order 0"]))
      #expect(try await letter.stream.count() == 0)
    }
  }

  @Test func `a letter whose group is gone stays; a discarded one is gone`() async throws {
    try await withInspection { stores, redis in
      let stream = DeadLetterStream(.orderCreated, of: .tickets, redis: redis)
      let id = try await redis.xadd(stream.key, [("id", "x"), ("source", "1-1"), ("reason", "r"), ("deliveries", 5)])
      #expect(try await stream.retry(id) == .noGroup)
      #expect(try await stream.count() == 1)
      #expect(try await DeadLetterReport.find(id, stores).count == 1)
      #expect(try await stream.discard(id))
      #expect(try await stream.count() == 0)
      #expect(try await stream.discard(id) == false)
    }
  }

  /// Two groups run; the one of tickets has given up on the event of version 0 of `order`, and would apply it now.
  private func withDeadLetter(
    _ body: @escaping @Sendable (Stores, RedisClient, OrderLedger, OrderLedger, DeadLetterReport) async throws -> Void
  ) async throws {
    try await withInspection { stores, redis in
      let isBroken = Mutex(true)
      let tickets = OrderLedger(redis, name: "tickets-test") { _ in
        if isBroken.withLock({ $0 }) { throw Broken() }
      }
      let payments = OrderLedger(redis, name: "payments-test")
      func subscriber(_ participant: Participant, _ ledger: OrderLedger) -> Subscriber {
        Subscriber(
          participant, listeners: ledger.listeners, sources: EventSources(all: redis),
          settings: .forTests(participant.rawValue), logger: .silent)
      }
      try await subscriber(.tickets, tickets).running {
        try await subscriber(.payments, payments).running {
          try await redis.publish(.created("order"))
          var letters: [DeadLetterReport] = []
          try await eventually("it is a dead letter, and applied by the other") {
            letters = []
            try await DeadLetterReport.forEach(stores) { letters.append($0) }
            return letters.count == 1 && payments.attempts(at: "order", 0) == 1
          }
          isBroken.withLock { $0 = false }
          try await body(stores, redis, tickets, payments, letters[0])
        }
      }
    }
  }
}

private struct Broken: Error, CustomStringConvertible {
  let description = "broken"
}
