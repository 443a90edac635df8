import EventBus
import Identifiers
import Records
import Redis
import Testing

@testable import ExpirationService

@Suite struct DeadlineStoreTests {
  @Test func `a created order waits in the set until its time`() async throws {
    try await withTimers { timers async throws in
      #expect(try await timers.created("o", at: 1_900_000_000_000) == .applied)
      #expect(try await timers.redis.zscore(ExpirationKeys.due, "o") == 1_900_000_000_000)
      #expect(try await timers.redis.get(ExpirationKeys.order("o"))?.int64 == 0)
      let look = try await timers.store.fire([timer("o")])
      #expect(look.fired.isEmpty && look.due.isEmpty)
      #expect(look.next == .seconds(3600))
      #expect(try await timers.fired().isEmpty)
    }
  }

  @Test(arguments: [true, false]) func `a cancelled or completed order leaves the set`(cancelled: Bool) async throws {
    try await withTimers { timers in
      try await timers.created("o", in: .seconds(60))
      let application = cancelled ? try await timers.cancelled("o") : try await timers.completed("o")
      #expect(application == .applied)
      #expect(try await timers.redis.zcard(ExpirationKeys.due) == 0)
      #expect(try await timers.redis.get(ExpirationKeys.order("o"))?.int64 == 1)
      #expect(try await timers.store.fire([]).next == nil)
    }
  }

  @Test func `an order whose end comes first never gets a timer`() async throws {
    try await withTimers { timers async throws in
      #expect(try await timers.cancelled("o") == .applied)
      #expect(try await timers.created("o", in: .seconds(60)) == .duplicate)
      #expect(try await timers.completed("o") == .duplicate)
      #expect(try await timers.redis.zcard(ExpirationKeys.due) == 0)
    }
  }

  @Test(arguments: [Int64.min, -1, 0, Int64.max]) func `an absurd time is no trap`(deadline: Int64) async throws {
    try await withTimers { timers async throws in
      #expect(try await timers.created("o", at: deadline) == .applied)
      let look = try await timers.store.fire([])
      #expect(look.due.map(\.order) == (deadline <= 0 ? ["o"] : []))
      #expect(try await timers.store.fire([timer("o")]).fired == (deadline <= 0 ? ["o"] : []))
    }
  }

  @Test func `a version that is stored as no number fails the event`() async throws {
    try await withTimers { timers async throws in
      try await timers.redis.set(ExpirationKeys.order("o"), "some")
      await #expect(throws: MalformedRecord.self) { try await timers.created("o", in: .seconds(60)) }
      #expect(try await timers.redis.zcard(ExpirationKeys.due) == 0)
    }
  }

  @Test func `a replay of all events changes nothing`() async throws {
    try await withTimers { timers in
      let deadline = try await timers.redis.time()
      func all() async throws -> [EventOutcome] {
        [
          try await timers.created("fired", at: deadline),
          try await timers.firing([timer("fired")]).cancelled("fired"),
          try await timers.created("cancelled", at: deadline + 60_000), try await timers.cancelled("cancelled"),
          try await timers.created("paid", at: deadline + 60_000), try await timers.completed("paid"),
          try await timers.created("open", at: deadline + 60_000),
        ]
      }
      #expect(try await all() == Array(repeating: .applied, count: 7))
      #expect(try await all() == Array(repeating: .duplicate, count: 7))
      #expect(try await timers.redis.zrange(ExpirationKeys.due, .rank(0, -1)).map(\.description) == ["open"])
      #expect(try await timers.fired().count == 1)
    }
  }

  @Test func `of one event delivered many times at once one delivery applies it`() async throws {
    try await withTimers { timers in
      let applications = try await withThrowingTaskGroup(of: EventOutcome.self) { group in
        for _ in 0..<50 { group.addTask { try await timers.another().created("o", in: .seconds(60)) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(applications.count { $0 == .applied } == 1)
      #expect(applications.count { $0 == .duplicate } == 49)
    }
  }

  @Test func `what was seen is forgotten a week after the order's time`() async throws {
    try await withTimers { timers in
      try await timers.created("o", in: .seconds(3600))
      let expiry = try #require(try await timers.redis.pttl(ExpirationKeys.order("o")))
      let week = Duration.seconds(7 * 24 * 3600)
      #expect(expiry > week + .seconds(3500) && expiry <= week + .seconds(3600))
    }
  }

  @Test func `a script that cannot publish leaves the timer where it is`() async throws {
    try await withTimers { timers in
      try await timers.created("o", in: .zero)
      try await timers.redis.set(Subject.expirationComplete.stream, "no stream")
      await #expect(throws: RedisError.self) { try await timers.store.fire([timer("o")]) }
      #expect(try await timers.redis.zcard(ExpirationKeys.due) == 1)
      try await timers.redis.del(Subject.expirationComplete.stream)
      #expect(try await timers.store.fire([timer("o")]).fired == ["o"])
    }
  }

  @Test func `a timer keeps the trace of its order until it is gone`() async throws {
    try await withTimers { timers in
      try await timers.created("cancelled", in: .seconds(60))
      try await timers.created("fired", in: .zero)
      #expect(try await timers.redis.hget(ExpirationKeys.traces, "cancelled")?.string == "t")
      try await timers.cancelled("cancelled")
      let due = try await timers.store.fire([]).due
      #expect(due.map(\.order) == ["fired"] && due.map(\.trace) == ["t"])
      _ = try await timers.store.fire(due)
      #expect(try await timers.fired().map { try $0.string("trace") } == ["t"])
      #expect(try await timers.redis.hgetall(ExpirationKeys.traces).isEmpty)
    }
  }

  private func timer(_ order: String) -> DueTimer {
    DueTimer(order: order, deadline: UnixTime(milliseconds: 0), trace: "")
  }
}
