import EventBus
import Identifiers
import Records
import Redis
import RedisTestSupport
import ServiceHost
import ServiceTestSupport
import Testing
import TicketingProto

@testable import PaymentsService

@Suite struct PaymentResolverTests {
  /// Leaves an attempt as a process that was killed right after it began it.
  private func orphan(_ payments: PaymentsUnderTest, due: UnixTime = .now()) async throws -> String {
    let order = payments.orders.add()
    try await payments.created(order)
    let replica = try #require(try await payments.parts.store.order(order))
    let decision = try replica.paying(
      with: CardToken("tok_visa"), by: "buyer", paymentID: ULID().description, now: .now(),
      hold: .seconds(60))
    guard case .begin(let attempt) = decision else { throw Waited(description: "no attempt") }
    #expect(try await payments.parts.store.begin(attempt, on: replica, mark: nil, lease: due) == .created)
    return order
  }

  @Test func `two processes share what a third has left, and each attempt is charged once`() async throws {
    try await withPayments { payments in
      let driver = payments.parts.resolver.driver
      let second = PaymentResolver(driver: driver)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await second.run() }
        var orders: [String] = []
        for _ in 0..<60 { orders.append(try await orphan(payments)) }
        payments.parts.resolver.wake()
        second.wake()
        for order in orders {
          let attempt = try await payments.settled(order)
          #expect(attempt.status == .succeeded)
        }
        #expect(try await payments.ledger().sorted() == orders.map { "charge \($0) 5000" }.sorted())
        #expect(try await payments.events(.paymentCreated).count == 60)
        // Claims kept the two apart: nobody asked orders twice.
        #expect(payments.orders.begins == 60)
        group.cancelAll()
      }
    }
  }

  @Test func `a claim gives what is due once, until its lease is over, and tells when the next is due`() async throws {
    try await withRedis { redis in
      let store = PaymentStore(redis: redis)
      let now = try await redis.clock().now
      for (id, time) in [("a", now), ("b", now.adding(.seconds(-5))), ("c", now.adding(.seconds(3600)))] {
        try await redis.zadd(PaymentKeys.unresolved, [(Double(time.milliseconds), .string(id))])
      }
      let lease = Duration.seconds(300)
      let first = try await store.claimDue(lease: lease, limit: 1)
      #expect(first.claimed == ["b"] && first.next == .zero)
      let second = try await store.claimDue(lease: lease, limit: 9)
      #expect(second.claimed == ["a"])
      let next = try #require(second.next)
      #expect(next > .seconds(25) && next <= lease)
      #expect(try await store.claimDue(lease: lease, limit: 9).claimed.isEmpty)
      // By the server's clock, whatever this process' says.
      try await redis.zadd(PaymentKeys.unresolved, [(Double(now.milliseconds - 1), "c")])
      #expect(try await store.claimDue(lease: .zero, limit: 9).claimed == ["c"])
      #expect(try await store.claimDue(lease: lease, limit: 9).claimed == ["c"])
    }
  }

  @Test func `an attempt of the time before keys had numbers is gone on with`() async throws {
    try await withPayments { payments in
      let order = payments.orders.add()
      let payment = try await payments.pay(order)
      let id = AttemptID(orderID: order, number: 1)
      let added = [
        "returnUrl", "clientSecret", "redirectUrl", "createKey", "confirmKey", "refundKey", "spoilt", "refundId",
        "refundStatus", "reversal", "published",
      ]
      for name in added { try await payments.redis.hdel(PaymentKeys.attempt(id), [name]) }
      let old = try await payments.attempt(order)
      #expect(old.status == .succeeded && old.keys == Attempt.KeyNumbers() && old.published == 1)
      let request = OrdersV1.RefundRequested(paymentID: payment.id, orderID: order, attempt: 1)
      #expect(try await payments.deliver(.refundRequested, request, key: payment.id) == .applied)
      #expect(try await payments.settled(order).status == .refunded)
    }
  }

  @Test func `what is no attempt, or none that is stored, does not stop the others`() async throws {
    try await withPayments { payments in
      let unknown = AttemptID(orderID: ULID().description, number: 1)
      for id in ["nonsense", unknown.description] {
        try await payments.redis.zadd(PaymentKeys.unresolved, [(0, .string(id))])
      }
      let order = try await orphan(payments)
      payments.parts.resolver.wake()
      #expect(try await payments.settled(order).status == .succeeded)
      _ = try await eventually("the unknown one is forgotten") {
        try await payments.redis.zscore(PaymentKeys.unresolved, .string(unknown.description)) == nil ? true : nil
      }
    }
  }

  @Test func `Redis killed while paying: one charge, and the payment settles when it is back`() async throws {
    try await withPayments { payments in
      let order = payments.orders.add()
      try await payments.created(order)
      let paying = Task { try await payments.pay(order) }
      let id = AttemptID(orderID: order, number: 1)
      _ = try? await eventually("the attempt begins") { try await payments.parts.store.attempt(id) }
      try await payments.service.server.kill()
      try await payments.service.server.start()
      _ = await paying.result
      let attempt = try await eventually("the payment settles") {
        let attempt = try? await payments.parts.store.attempt(id)
        return attempt?.status == .succeeded ? attempt : nil
      }
      #expect(attempt.stripeID != nil)
      #expect(try await payments.ledger() == ["charge \(order) 5000"])
      #expect(try await payments.events(.paymentCreated).count == 1)
    }
  }
}
