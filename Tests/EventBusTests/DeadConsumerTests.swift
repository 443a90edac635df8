import EventBusTestSupport
import Redis
import RedisTestSupport
import Testing

@testable import EventBus

@Suite struct DeadConsumerTests {
  private let stream = Subject.orderCreated.stream

  private func consumers(_ redis: RedisClient) async throws -> Set<String> {
    let reply = try await redis.send(RedisCommand("XINFO", "CONSUMERS", .key(stream), "tickets-service"))
    return Set(try reply.array().map { try $0.array()[1].string() })
  }

  private func read(_ redis: RedisClient, as consumer: String) async throws -> [String] {
    try await redis.xreadgroup(group: "tickets-service", consumer: consumer, [(stream, .new)], count: 1)
      .flatMap(\.entries).map(\.id)
  }

  @Test func `names with nothing pending are removed, others never`() async throws {
    try await withRedis { redis in
      try await redis.xgroupCreate(stream, group: "tickets-service")
      for _ in 0..<3 { try await redis.publish(.created("a")) }
      let done = try await read(redis, as: "done")
      try await redis.xack(stream, group: "tickets-service", done)
      _ = try await read(redis, as: "busy")
      let own = try await read(redis, as: "self")
      try await redis.xack(stream, group: "tickets-service", own)
      let reclaimer = reclaimer(redis, Inbox(settings: .forTests("self")))
      try await reclaimer.removeConsumers(of: .orderCreated, idleFor: .seconds(600))
      #expect(try await consumers(redis) == ["done", "busy", "self"])
      try await reclaimer.removeConsumers(of: .orderCreated, idleFor: .zero)
      #expect(try await consumers(redis) == ["busy", "self"])
      #expect(try await redis.pendingCount(.orderCreated, of: .tickets) == 1)
    }
  }

  @Test func `no more is taken over than there is room for`() async throws {
    try await withRedis { redis in
      try await redis.xgroupCreate(stream, group: "tickets-service")
      for _ in 0..<50 { try await redis.publish(.created("a")) }
      _ = try await redis.xreadgroup(group: "tickets-service", consumer: "dead", [(stream, .new)], count: 50)
      let settings = SubscriberSettings.forTests("heir") {
        $0.batch = 5
        $0.claimIdle = .milliseconds(1)
      }
      let inbox = Inbox(settings: settings)
      let running = Task { [reclaimer = reclaimer(redis, inbox)] in
        while !Task.isCancelled { try await reclaimer.takeOver(.orderCreated) }
      }
      // Two batches in the lanes leave room for one more.
      try await eventually("the lanes are full") { !inbox.hasRoomInLanes }
      try await eventually("all that was claimed is in them") { try await claimed(redis) == 15 }
      try await Task.sleep(for: .milliseconds(50))
      #expect(try await claimed(redis) == 15)
      running.cancel()
      _ = await running.result
    }
  }

  private func reclaimer(_ redis: RedisClient, _ inbox: Inbox) -> PendingReclaimer {
    let deadLetters = DeadLetters(
      participant: .tickets, consumer: inbox.settings.consumer, redis: redis, logger: .silent)
    return PendingReclaimer(
      participant: .tickets, subjects: [.orderCreated], inbox: inbox,
      pending: PendingReader(participant: .tickets, inbox: inbox, deadLetters: deadLetters, redis: redis), redis: redis,
      logger: .silent)
  }

  private func claimed(_ redis: RedisClient) async throws -> Int {
    try await redis.xpending(stream, group: "tickets-service", consumer: "heir", count: 100).count
  }
}
