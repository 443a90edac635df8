import EventBus
import Redis
import RedisTestSupport
import Testing
import TicketingProto

@testable import ExpirationService

@Suite(.serialized) struct DeadlinePollerTests {
  @Test func `a timer fires at its time, with plain fields and its message`() async throws {
    try await withTimers { timers in
      try await timers.polling {
        let deadline = try await timers.redis.time() + 300
        try await timers.created("order-1", at: deadline)
        let event = try #require(try await timers.fired(1).first)
        #expect(event.map(\.name.description) == ["id", "key", "version", "at", "trace", "data"])
        #expect(try event.string("key") == "order-1")
        #expect(try event.int64("version") == 0)
        let late = try event.int64("at") - deadline
        #expect(late >= 0, "\(late) ms late")
        let data = try #require(event["data"])
        let message = try data.withUnsafeBytes { try ExpirationV1.ExpirationComplete(decoding: $0) }
        #expect(message.orderID == "order-1")
        #expect(try await timers.redis.zcard(ExpirationKeys.due) == 0)
      }
    }
  }

  @Test func `an earlier timer wakes the poller from its sleep`() async throws {
    try await withTimers { timers in
      try await timers.created("late", in: .seconds(60))
      // Without the alarm it would come a minute later.
      try await timers.polling(sleepingFor: .seconds(60)) {
        for round in 0..<5 {
          // Time to fall asleep.
          try await Task.sleep(for: .milliseconds(150))
          try await timers.created("early \(round)", in: .milliseconds(30))
          #expect(try await timers.fired(round + 1).count == round + 1)
        }
      }
    }
  }

  @Test func `a timer that another process has set fires within a second or so`() async throws {
    try await withTimers { timers in
      try await timers.polling {
        try await Task.sleep(for: .milliseconds(100))
        try await timers.another().created("o", in: .milliseconds(10))
        #expect(try await timers.fired(1).count == 1)
      }
    }
  }

  @Test func `four pollers fire two thousand timers exactly once each`() async throws {
    try await withTimers { timers in
      let count = 2000
      let start = try await timers.redis.time() + 200
      try await timers.redis.zadd(
        ExpirationKeys.due, (0..<count).map { (Double(start + Int64($0 % 400)), .string("order \($0)")) })
      let pollers = (0..<4).map { _ in timers.another() }
      let events = try await pollers[0].polling {
        try await pollers[1].polling {
          try await pollers[2].polling { try await pollers[3].polling { try await timers.fired(count) } }
        }
      }
      #expect(events.count == count)
      #expect(Set(try events.map { try $0.string("key") }).count == count)
      #expect(Set(try events.map { try $0.string("id") }).count == count)
      #expect(try await timers.redis.zcard(ExpirationKeys.due) == 0)
    }
  }

  @Test func `timers race cancellations: each fires or is cancelled, and none is left`() async throws {
    try await withTimers { timers in
      let count = 300
      let deadline = try await timers.redis.time() + 500
      for order in 0..<count { try await timers.created("\(order)", at: deadline + Int64(order % 50)) }
      try await timers.polling {
        try await Task.sleep(for: .milliseconds(400))
        try await withThrowingTaskGroup(of: Void.self) { group in
          for order in 0..<count {
            group.addTask {
              let application = try await timers.cancelled("\(order)")
              #expect(application == .applied)
            }
          }
          try await group.waitForAll()
        }
        try await Task.sleep(for: .milliseconds(300))
      }
      let fired = try await timers.fired().map { try $0.string("key") }
      #expect(Set(fired).count == fired.count)
      #expect(try await timers.redis.zcard(ExpirationKeys.due) == 0)
    }
  }

  @Test func `timers outlive a killed Redis and fire when it is back`() async throws {
    try await withTimers { timers in
      for order in 0..<100 { try await timers.created("\(order)", in: .milliseconds(300)) }
      try await timers.polling {
        try await timers.server.kill()
        try await Task.sleep(for: .milliseconds(500))
        try await timers.server.start()
        let deadline = ContinuousClock.now + .seconds(30)
        var keys: [String] = []
        while keys.count < 100, .now < deadline {
          try await Task.sleep(for: .milliseconds(20))
          keys = (try? await timers.fired().map { try $0.string("key") }) ?? keys
        }
        #expect(keys.count == 100 && Set(keys).count == 100)
      }
    }
  }

  @Test func `a member that is no text does not stop the others`() async throws {
    try await withTimers { timers in
      try await timers.redis.zadd(ExpirationKeys.due, [(1, .bytes([0xff, 0xfe])), (2, "o")])
      try await timers.polling {
        let keys = try await timers.fired(1).map { try $0.string("key") }
        #expect(keys == ["o"])
      }
    }
  }

  @Test func `a poller stops at once, asleep or not`() async throws {
    try await withTimers { timers in
      let begin = ContinuousClock.now
      try await timers.polling(sleepingFor: .seconds(60)) { try await Task.sleep(for: .milliseconds(100)) }
      #expect(ContinuousClock.now - begin < .seconds(20))
    }
  }
}
