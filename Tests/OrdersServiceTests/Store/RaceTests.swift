import Identifiers
import Redis
import RedisTestSupport
import Testing

@testable import OrdersService

/// Pay, cancel and expire against each other on one order, as several processes do it.
@Suite struct RaceTests {
  @Test func `whatever races, an order has one outcome and says so once`() async throws {
    try await withOrderStore { store in
      for round in 0..<300 {
        // Its time is over before, during or after the race.
        let order = try await store.order(window: .milliseconds([0, 2, 900_000][round % 3]))
        let id = try #require(ULID(order.id))
        let payment = ULID().description
        let triggers: [OrderTrigger] = [
          .cancel(by: "buyer"), .timeIsOver, .beginPayment(attempt: 1, amountCents: 5000, by: "buyer"), .timeIsOver,
          .cancel(by: "buyer"), .beginPayment(attempt: 1, amountCents: 5000, by: "buyer"),
        ]
        let begun = await withTaskGroup(of: Bool?.self) { group in
          for trigger in triggers.shuffled() {
            group.addTask {
              let outcome = try? await store.apply(trigger, to: id, trace: "")
              guard case .beginPayment = trigger else { return nil }
              return outcome != nil
            }
          }
          return await group.reduce(into: Set<Bool>()) { if let begun = $1 { $0.insert(begun) } }
        }
        #expect(begun.count == 1, "the same claim was answered differently")
        if begun.contains(true) {
          #expect(try await store.read(order.id).status == .awaitingPayment)
          let ends: [OrderTrigger] = [
            .paymentCreated(paymentID: payment, attempt: 1), .paymentAbandoned(attempt: 1), .cancel(by: "buyer"),
            .paymentDeclined(attempt: 1), .paymentCreated(paymentID: payment, attempt: 1), .timeIsOver,
          ]
          await withTaskGroup(of: Void.self) { group in
            for trigger in ends.shuffled() { group.addTask { _ = try? await store.apply(trigger, to: id, trace: "") } }
          }
        }
        try await check(order, payment: payment, wasClaimed: begun.contains(true), store)
      }
    }
  }

  private func check(_ order: Order, payment: String, wasClaimed: Bool, _ store: OrderStore) async throws {
    let end = try await store.read(order.id)
    let isRefunded = try await store.redis.exists(OrderKeys.refund(payment))
    let isComplete = end.status == .complete
    #expect(!isComplete || wasClaimed)
    // Money and ticket go together: paid or refunded, never both.
    if wasClaimed { #expect(isComplete != isRefunded) }
    #expect(end.version == (end.status.isFinal ? 1 : 0))
    #expect(try await store.live(order.ticketID) == (end.status == .cancelled ? nil : order.id))
    #expect(try await store.isOpen(order.id) == !end.status.isFinal)
    let published = try await [
      store.redis.xlen(RedisKey("{orders}:events:order:cancelled")),
      store.redis.xlen(RedisKey("{orders}:events:order:completed")),
      store.redis.xlen(RedisKey("{orders}:events:refund:requested")),
    ]
    #expect(published == [end.status == .cancelled ? 1 : 0, isComplete ? 1 : 0, isRefunded ? 1 : 0])
    for subject in ["order:cancelled", "order:completed", "refund:requested"] {
      try await store.redis.del(RedisKey("{orders}:events:\(subject)"))
    }
  }

  @Test func `a change that was made from an older state is not written`() async throws {
    try await withOrderStore { store in
      let order = try await store.order()
      let now = UnixTime(milliseconds: try await store.redis.time())
      let cancel = try #require(order.decide(.cancel(by: "buyer"), at: now).change)
      let claim = try #require(
        order.decide(.beginPayment(attempt: 1, amountCents: 5000, by: "buyer"), at: now).change)
      #expect(try await store.writes(claim, at: now))
      #expect(try await store.writes(cancel, at: now) == false)
      #expect(try await store.writes(claim, at: now) == false)
      #expect(try await store.read(order.id).status == .awaitingPayment)
    }
  }

  @Test func `a decision that the server's clock has overtaken is not written`() async throws {
    try await withOrderStore { store in
      let order = try await store.order(window: .zero)
      let claim = try #require(
        order.decide(
          .beginPayment(attempt: 1, amountCents: 5000, by: "buyer"), at: UnixTime(milliseconds: 0)
        ).change)
      #expect(try await store.writes(claim, at: order.createdAt) == false)
      let early = try await store.order(window: .seconds(900))
      let expiry = try #require(early.decide(.timeIsOver, at: early.expiresAt).change)
      #expect(try await store.writes(expiry, at: early.createdAt) == false)
    }
  }

  @Test func `the time is read before the order, never after it`() async throws {
    try await withOrderStore { store in
      let order = try await store.order()
      let id = try #require(ULID(order.id))
      // The server's own list of what it ran, the latest first.
      _ = try await store.redis.send(RedisCommand("CONFIG", "SET", "slowlog-log-slower-than", "0"))
      _ = try await store.redis.readWithClock(Order.self, id.description)
      let log = try await store.redis.send(RedisCommand("SLOWLOG", "GET", "20")).array()
      let commands = try log.map { try $0.array()[3].array().first?.string() }
      let time = try #require(commands.firstIndex(of: "TIME"))
      #expect(commands.firstIndex(of: "HMGET") == time - 1)
    }
  }

  @Test func `a payment whose refund was requested completes nothing`() async throws {
    try await withOrderStore { store in
      let order = try await store.order()
      let id = try #require(ULID(order.id))
      let paid = OrderTrigger.paymentCreated(paymentID: "p", attempt: 1)
      #expect(try await store.apply(paid, to: id, trace: "") == .changed(order))
      #expect(try await store.events("refund:requested").count == 1)
      _ = try await store.apply(.beginPayment(attempt: 1, amountCents: 5000, by: "buyer"), to: id, trace: "")
      guard case .unchanged(let after) = try await store.apply(paid, to: id, trace: "") else {
        Issue.record("a refunded payment was taken")
        return
      }
      #expect(after.status == .awaitingPayment)
    }
  }
}
