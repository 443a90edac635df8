import EventBusTestSupport
import Redis
import RedisTestSupport
import Telemetry
import Testing

@testable import EventBus

@Suite struct GroupBacklogTests {
  private let stream = Subject.orderCreated.stream

  private func backlog(_ redis: RedisClient) async throws -> GroupBacklog {
    try await GroupBacklog(of: .tickets, in: .orderCreated, redis)
  }

  @Test func `counts what was not delivered and what was not acknowledged`() async throws {
    try await withRedis { redis in
      #expect(try await backlog(redis) == GroupBacklog(pending: 0, lag: 0, deadLetters: 0))
      for number in 0..<5 { try await redis.publish(.created("\(number)")) }
      #expect(try await backlog(redis).lag == 5)
      try await redis.xgroupCreate(stream, group: Participant.tickets.group)
      #expect(try await backlog(redis) == GroupBacklog(pending: 0, lag: 5, deadLetters: 0))
      let read = try await redis.xreadgroup(
        group: Participant.tickets.group, consumer: "c", [(stream, .new)], count: 3
      ).flatMap(\.entries).map(\.id)
      try await redis.xack(stream, group: Participant.tickets.group, [read[0]])
      _ = try await redis.xadd(Subject.orderCreated.deadLetters(of: .tickets), id: "*", [("id", "x")])
      #expect(try await backlog(redis) == GroupBacklog(pending: 2, lag: 2, deadLetters: 1))
      _ = try await redis.xreadgroup(
        group: Participant.tickets.group, consumer: "c", [(stream, .new)], count: 3)
      #expect(try await backlog(redis).lag == 0)
    }
  }

  @Test func `does not count what was trimmed unread`() async throws {
    try await withRedis { redis in
      try await redis.xgroupCreate(stream, group: Participant.tickets.group)
      var ids: [String] = []
      for number in 0..<10 { ids += try await redis.publish(.created("\(number)")) }
      _ = try await redis.xreadgroup(
        group: Participant.tickets.group, consumer: "c", [(stream, .new)], count: 2)
      try await redis.xtrim(stream, minID: ids[6])
      #expect(try await backlog(redis).lag == 4)
      try await redis.xtrim(stream, minID: "9999999999999-0")
      #expect(try await backlog(redis).lag == 0)
    }
  }
}
