import EventBusTestSupport
import Identifiers
import Redis
import RedisTestSupport
import Testing
import TicketingProto

@testable import EventBus

@Suite struct StreamTrimmerTests {
  private let stream = Subject.orderCreated.stream
  private let groups = Subject.orderCreated.subscribers.map(\.group)

  private func trimmer(_ redis: RedisClient, retention: Duration = .zero) -> StreamTrimmer {
    StreamTrimmer(participant: .orders, redis: redis, retention: retention, logger: .silent)
  }

  private func publish(_ count: Int, on redis: RedisClient) async throws -> [String] {
    var ids: [String] = []
    for number in 0..<count { ids += try await redis.publish(.created("order-\(number)")) }
    return ids
  }

  private func read(_ count: Int, as group: String, on redis: RedisClient) async throws -> [String] {
    try await redis.xreadgroup(group: group, consumer: "c", [(stream, .new)], count: count).flatMap(\.entries).map(\.id)
  }

  @Test func `nothing is trimmed before every group is there and has applied it`() async throws {
    try await withRedis { redis in
      let ids = try await publish(10, on: redis)
      for group in groups.dropLast() {
        try await redis.xgroupCreate(stream, group: group)
        let read = try await read(10, as: group, on: redis)
        try await redis.xack(stream, group: group, read)
        try await trimmer(redis).trim()
        #expect(try await redis.xlen(stream) == 10)
      }
      let last = try #require(groups.last)
      try await redis.xgroupCreate(stream, group: last)
      try await trimmer(redis).trim()
      #expect(try await redis.xlen(stream) == 10)

      // Read up to the sixth, the third of it pending.
      let read = try await read(6, as: last, on: redis)
      try await redis.xack(stream, group: last, read.filter { $0 != ids[2] })
      try await trimmer(redis).trim()
      #expect(try await redis.xrange(stream).map(\.id) == Array(ids[2...]))
      // With that too, all below the last that was delivered.
      try await redis.xack(stream, group: last, [ids[2]])
      try await trimmer(redis).trim()
      #expect(try await redis.xrange(stream).map(\.id) == Array(ids[5...]))
    }
  }

  @Test func `what is younger than the retention stays`() async throws {
    try await withRedis { redis in
      let now = try await redis.time()
      let old = try await redis.xadd(stream, id: "\(now - 600_000)-0", Event.created("old").fields)
      let young = try await redis.xadd(stream, id: "\(now - 1000)-0", Event.created("young").fields)
      _ = try await publish(1, on: redis)
      for group in groups {
        try await redis.xgroupCreate(stream, group: group)
        let read = try await read(10, as: group, on: redis)
        try await redis.xack(stream, group: group, read)
      }
      try await trimmer(redis, retention: .seconds(3600)).trim()
      #expect(try await redis.xrange(stream).first?.id == old)
      try await trimmer(redis, retention: .seconds(300)).trim()
      #expect(try await redis.xrange(stream).first?.id == young)
    }
  }

  @Test func `thousands are trimmed, and ids beyond what a double counts are compared rightly`() async throws {
    try await withRedis { redis in
      for part in 0..<5 {
        let commands = (0..<1000).map {
          RedisCommand("XADD", .key(stream), .string("5-\(9_007_199_254_740_992 + part * 1000 + $0)"), "f", "v")
        }
        _ = try await redis.send(commands)
      }
      for group in groups {
        try await redis.xgroupCreate(stream, group: group, from: "5-\(9_007_199_254_740_992 + 4321)")
      }
      try await trimmer(redis).trim()
      #expect(try await redis.xlen(stream) == 5000 - 4321)
      #expect(try await redis.xrange(stream, count: 1).first?.id == "5-\(9_007_199_254_740_992 + 4321)")
    }
  }

  @Test func `dead letters stay, and streams that are not there do not come to be`() async throws {
    try await withRedis { redis in
      let letters = Subject.orderCreated.deadLetters(of: .tickets)
      try await redis.xadd(letters, id: "1-1", [("id", "old")])
      try await trimmer(redis).trim()
      #expect(try await redis.xlen(letters) == 1)
      #expect(try await redis.send(RedisCommand("DBSIZE")) == .integer(1))
    }
  }

  @Test func `no event is lost however often it is trimmed meanwhile`() async throws {
    try await withRedis { redis in
      let orders = (0..<200).map { "order-\($0)" }
      let participants = Subject.orderCreated.subscribers
      let ledgers = participants.map { participant in
        OrderLedger(redis, name: participant.rawValue) { _ in
          if Int.random(in: 0..<20) == 0 { throw NotInTime() }
        }
      }
      let settings = SubscriberSettings.forTests { $0.maximumDeliveries = 1000 }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (participant, ledger) in zip(participants, ledgers) {
          group.addTask { try await Subscriber(ledger.listeners, on: redis, settings, as: participant).run() }
        }
        group.addTask {
          while !Task.isCancelled { try await trimmer(redis).trim() }
        }
        for order in orders {
          try await redis.publish(.created(order))
          try await redis.publish(.cancelled(order))
        }
        for (participant, ledger) in zip(participants, ledgers) {
          try await eventually("\(participant) has all") { try await ledger.hasSeen(1, of: orders) }
        }
        try await eventually("the streams are trimmed") { try await redis.xlen(stream) == 1 }
        group.cancelAll()
        while let result = await group.nextResult() { _ = result }
      }
    }
  }
}
