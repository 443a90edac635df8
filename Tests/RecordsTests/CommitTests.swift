import EventBus
import Redis
import RedisTestSupport
import Synchronization
import Testing

@testable import Records

@Suite struct CommitTests {
  private static let number = RedisKey("{t}:number")

  private static func adding(_ redis: RedisClient) async throws -> Decision<Int64> {
    let before = try await redis.get(number)?.int64
    var commit = Commit()
    commit.require(number, is: before)
    commit.set(number, .integer((before ?? 0) + 1))
    return .write(commit, (before ?? 0) + 1)
  }

  @Test func `decisions that race each other are each made of what is so`() async throws {
    try await withRedis { redis in
      let outcomes = try await withThrowingTaskGroup(of: Int64.self) { group in
        for _ in 0..<5 { group.addTask { try await redis.decide { try await Self.adding(redis) } } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.sorted() == [1, 2, 3, 4, 5])
      #expect(try await redis.get(Self.number)?.int64 == 5)
    }
  }

  @Test func `a decision that always loses is contended`() async throws {
    try await withRedis { redis in
      let rounds = Atomic(0)
      await #expect(throws: Contended.self) {
        try await redis.decide {
          rounds.add(1, ordering: .relaxed)
          let decision = try await Self.adding(redis)
          try await redis.incr(Self.number)
          return decision
        }
      }
      let number = try await redis.get(Self.number)?.int64
      #expect(rounds.load(ordering: .relaxed) == 10 && number == 10)
      await #expect(throws: Contended.self) { try await redis.decide { Decision<Int>.again } }
    }
  }

  @Test func `a guard that says more leads elsewhere`() async throws {
    try await withRedis { redis in
      let (busy, missing) = (RedisKey("{t}:busy"), RedisKey("{t}:missing"))
      try await redis.set(busy, "1")
      let outcome = try await redis.decide {
        var first = Commit()
        let isFree = first.require(absent: busy)
        first.set(Self.number, "1")
        var second = Commit()
        let isKnown = second.require(present: missing)
        second.set(Self.number, "2")
        let other = Decision<String>.write(second, "second") { $0 == isKnown ? .settled("neither") : .again }
        return .write(first, "first") { $0 == isFree ? other : .again }
      }
      #expect(outcome == "neither")
      #expect(try await redis.get(Self.number) == nil)
    }
  }

  @Test func `something is created once, however often it is asked for`() async throws {
    try await withRedis { redis in
      let mark = RequestMark(RedisKey("{t}:operation:k"), fingerprint: "f")
      #expect(try await redis.recall(mark) == nil)
      @Sendable func create(_ answer: UInt8, _ mark: RequestMark?) async throws -> Creation {
        var commit = Commit()
        commit.require(absent: Self.number)
        commit.set(Self.number, "1")
        return try await redis.createOnce(
          commit, mark: mark, own: RedisKey("{t}:operation:\(answer)"), answer: [answer])
      }
      let creations = try await withThrowingTaskGroup(of: Creation.self) { group in
        for answer in UInt8(0)..<20 { group.addTask { try await create(answer, mark) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(creations.count { $0 == .created } == 1)
      let earlier = try #require(try await redis.recall(mark))
      #expect(creations.count { $0 == .repeated(answer: earlier) } == 19)
      #expect(try await create(99, nil) == .refused(guard: 0))
      let other = RequestMark(mark.key, fingerprint: "g")
      await #expect(throws: IdempotencyKeyReused.self) { try await create(1, other) }
      await #expect(throws: IdempotencyKeyReused.self) { try await redis.recall(other) }
    }
  }

  @Test func `an event is applied where it is newer, and a version that is none is malformed`() async throws {
    try await withRedis { redis in
      func apply(_ version: Int64) async throws -> EventOutcome {
        var commit = Commit()
        commit.require(Self.number, below: version)
        commit.set(Self.number, .integer(version))
        return try await redis.applyOnce(commit, at: Self.number)
      }
      #expect(try await apply(3) == .applied)
      #expect(try await apply(3) == .duplicate)
      #expect(try await apply(2) == .duplicate)
      #expect(try await apply(9) == .applied)
      try await redis.set(Self.number, "nine")
      await #expect(throws: MalformedRecord.self) { try await apply(10) }
    }
  }
}
