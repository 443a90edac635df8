import Identifiers
import Logging
import Records
import Redis
import RedisTestSupport
import ServiceLifecycle
import Testing

@testable import OrdersService

@Suite struct OverdueSweeperTests {
  @Test func `it cancels what is overdue, and nothing else`() async throws {
    try await withOrderStore { store in
      let overdue = try await store.order(window: .zero)
      let paying = try await store.order()
      _ = try await store.apply(
        .beginPayment(attempt: 1, amountCents: 5000, by: "buyer"), to: try #require(ULID(paying.id)), trace: "")
      try await store.letTimePass(paying.id)
      let open = try await store.order()
      let findings = try await OverdueSweeper(store: store, logger: .silent, grace: .zero).sweep()
      #expect(findings == .init(expired: 1, beingPaid: 1))
      #expect(try await store.read(overdue.id).reason == .expired)
      #expect(try await store.read(open.id).status == .created)
      let waiting = try await store.read(paying.id)
      #expect(waiting.status == .awaitingPayment && waiting.isOverdue)
    }
  }

  @Test func `it leaves the timer its time`() async throws {
    try await withOrderStore { store in
      let order = try await store.order(window: .zero)
      #expect(try await OverdueSweeper(store: store, logger: .silent).sweep() == .init())
      #expect(try await store.read(order.id).status == .created)
    }
  }

  @Test func `many at once, by several sweepers at once, in batches: each is cancelled once`() async throws {
    try await withOrderStore { store in
      var paying = 0
      for number in 0..<200 {
        let isPaid = number.isMultiple(of: 5)
        let order = try await store.order(window: isPaid ? .seconds(900) : .zero)
        guard isPaid else { continue }
        paying += 1
        _ = try await store.apply(
          .beginPayment(attempt: 1, amountCents: 5000, by: "buyer"), to: try #require(ULID(order.id)), trace: "")
        try await store.letTimePass(order.id)
      }
      let sweeper = OverdueSweeper(store: store, logger: .silent, grace: .zero, batch: 16)
      let expired = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<4 { group.addTask { try await sweeper.sweep().expired } }
        return try await group.reduce(0, +)
      }
      // What one of them overlooked because others took orders out of the set, the next sweep finds.
      let rest = try await sweeper.sweep()
      #expect(expired + rest.expired == 200 - paying)
      #expect(rest.beingPaid == paying)
      #expect(try await store.events("order:cancelled").count == 200 - paying)
      #expect(try await store.redis.zcard(OrderKeys.open) == paying)
    }
  }

  @Test func `broken entries do not hold up the others`() async throws {
    try await withOrderStore { store in
      let malformed = try await store.order(window: .zero)
      try await store.redis.hset(OrderKeys.order(malformed.id), [("status", "lost")])
      let missing = ULID().description
      try await store.redis.zadd(OrderKeys.open, [(1, "no id"), (2, .string(missing))])
      let good = try await store.order(window: .zero)
      // A final order that should have left the set.
      let final = try await store.order(window: .zero)
      _ = try await store.apply(.cancel(by: "buyer"), to: try #require(ULID(final.id)), trace: "")
      try await store.redis.zadd(OrderKeys.open, [(3, .string(final.id))])
      let findings = try await OverdueSweeper(store: store, logger: .silent, grace: .zero, batch: 2).sweep()
      #expect(findings == .init(expired: 1, broken: ["no id", missing, malformed.id], settled: 1))
      #expect(try await store.read(good.id).status == .cancelled)
      #expect(try await !store.isOpen(final.id))
    }
  }

  @Test func `it goes on when Redis was away`() async throws {
    try await withRedisServer { server in
      try await withRedisClient(server) { redis in
        let store = OrderStore(redis: redis, unreadable: UnreadableRecords(logger: .silent))
        let sweeper = OverdueSweeper(store: store, logger: .silent, interval: .milliseconds(20), grace: .zero)
        let running = Task { try await sweeper.run() }
        let first = try await store.order(window: .zero)
        try await eventually { try await store.read(first.id).status == .cancelled }
        let second = try await store.order(window: .milliseconds(300))
        try await server.kill()
        try await Task.sleep(for: .milliseconds(400))
        try await server.start()
        try await eventually { (try? await store.read(second.id).status) == .cancelled }
        running.cancel()
        try await running.value
      }
    }
  }
}
