import EventBus
import Identifiers
import Redis
import ServiceHost
import ServiceTestSupport
import Testing
import TicketingProto

@testable import ExpirationService

@Suite struct ExpirationServiceTests {
  @Test func `the service hears of orders through the bus, and tells when their time is over`() async throws {
    try await withService({ redis, _ in .expiration(redis: redis, bus: .forTests(redis), logger: .silent) }) {
      service in
      let redis = service.redis
      let now = try await redis.time()
      let (over, paid, cancelled, ticket) = (
        ULID().description, ULID().description, ULID().description, ULID().description
      )
      var commit = Commit()
      for order in [over, paid, cancelled] {
        let time = now + (order == over ? 500 : 60_000)
        commit.publish(
          try Event(
            OrdersV1.OrderCreated(
              id: order, userID: "buyer", expiresAtTime: time, ticket: .init(id: ticket, priceCents: 1)), at: .now(),
            trace: ""))
      }
      commit.publish(
        try Event(
          OrdersV1.OrderCompleted(id: paid, ticketID: ticket, paymentID: ULID().description, version: 1), at: .now(),
          trace: ""))
      commit.publish(
        try Event(
          OrdersV1.OrderCancelled(id: cancelled, ticketID: ticket, version: 1), at: .now(), trace: ""))
      _ = try await redis.commit(commit)
      for _ in 0..<3000 where try await redis.xlen(Subject.expirationComplete.stream) < 1 {
        try await Task.sleep(for: .milliseconds(10))
      }
      let fired = try await redis.xrange(Subject.expirationComplete.stream).compactMap(\.fields)
      #expect(try fired.map { try $0.string("key") } == [over])
      for _ in 0..<3000 where try await redis.zcard(ExpirationKeys.due) > 0 {
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(try await redis.zcard(ExpirationKeys.due) == 0)
      for order in [paid, cancelled] {
        #expect(try await redis.get(ExpirationKeys.order(order))?.int64 == 1)
      }
    }
  }
}
