import EventBus
import Identifiers
import RPC
import Redis
import ServiceHost
import ServiceTestSupport
import Testing
import TicketingProto

@testable import PaymentsService

@Suite struct CreatePaymentTests {
  @Test func `a card that pays: one charge, one payment, one event`() async throws {
    try await withPayments { payments in
      let order = payments.orders.add()
      let payment = try await payments.pay(order)
      #expect(payment.status == .succeeded && payment.orderID == order)
      #expect(ULID(payment.id) != nil && payment.stripeID.hasPrefix("pi_sandbox_"))
      #expect(try await payments.ledger() == ["charge \(order) 5000"])
      #expect(
        try await payments.events(.paymentCreated, PaymentsV1.PaymentCreated.self) == [
          .init(id: payment.id, orderID: order, attempt: 1, stripeID: payment.stripeID, amountCents: 5000)
        ])
      let record = try await payments.redis.hgetall(PaymentKeys.payment(payment.id))
      #expect(try record.string("status") == "succeeded")
      #expect(try record.string("orderId") == order)
      #expect(try await payments.redis.zcard(PaymentKeys.unresolved) == 0)
      // The card's token is of no use any more, so it is gone.
      let intent = try await payments.redis.hgetall(PaymentKeys.attempt(.init(orderID: order, number: 1)))
      #expect(try intent.string("token").isEmpty)
    }
  }

  @Test func `a declined card says why, and another one pays`() async throws {
    try await withPayments { payments in
      let order = payments.orders.add()
      let refusal = await failure { try await payments.pay(order, "tok_chargeDeclinedInsufficientFunds") }
      #expect(refusal?.code == .failedPrecondition && refusal?.reason == "CARD_DECLINED")
      #expect(refusal?.message == "Your card has insufficient funds.")
      #expect(
        try await payments.events(.paymentDeclined, PaymentsV1.PaymentDeclined.self) == [
          .init(orderID: order, attempt: 1, reason: "insufficient_funds")
        ])
      let paid = try await payments.pay(order)
      #expect(paid.status == .succeeded)
      #expect(try await payments.attempt(order, 2).status == .succeeded)
      #expect(try await payments.ledger() == ["charge \(order) 5000"])
    }
  }

  @Test(arguments: ["tok_unknown", "card_1"])
  func `a card that the processor does not take is declined, and nothing is charged`(token: String) async throws {
    try await withPayments { payments in
      let order = payments.orders.add()
      #expect(await failure { try await payments.pay(order, token) }?.reason == "CARD_DECLINED")
      let ledger = try await payments.ledger()
      #expect(ledger.isEmpty)
      #expect(try await payments.redis.zcard(PaymentKeys.unresolved) == 0)
    }
  }

  @Test func `twenty clicks at once, each with another card: one attempt, one charge, one answer`() async throws {
    try await withPayments { payments in
      let order = payments.orders.add()
      let answers = try await withThrowingTaskGroup(of: PaymentsV1.Payment.self) { group in
        for number in 0..<20 {
          group.addTask { try await payments.pay(order, number.isMultiple(of: 2) ? "tok_visa" : "tok_mastercard") }
        }
        return try await group.reduce(into: [PaymentsV1.Payment]()) { $0.append($1) }
      }
      #expect(Set(answers).count == 1 && answers[0].status == .succeeded)
      #expect(try await payments.ledger() == ["charge \(order) 5000"])
      #expect(try await payments.events(.paymentCreated).count == 1)
      #expect(payments.orders.begins == 1)
      // Later, too.
      #expect(try await payments.pay(order, "tok_chargeDeclined") == answers[0])
    }
  }

  @Test func `an idempotency key gives the same answer again, and refuses another request`() async throws {
    try await withPayments { payments in
      let order = payments.orders.add()
      let declined = await failure { try await payments.pay(order, "tok_chargeDeclined", key: "k") }
      let again = await failure { try await payments.pay(order, "tok_chargeDeclined", key: "k") }
      #expect(declined?.reason == "CARD_DECLINED" && again?.reason == "CARD_DECLINED")
      #expect(try await payments.parts.store.attempt(.init(orderID: order, number: 2)) == nil)
      #expect(await failure { try await payments.pay(order, "tok_visa", key: "k") }?.reason == "IDEMPOTENCY_KEY_REUSED")
      let paid = try await payments.pay(order, key: "k2")
      #expect(try await payments.pay(order, key: "k2") == paid)
      // A request that joins is remembered as well.
      #expect(try await payments.pay(order, key: "k3") == paid)
      #expect(
        await failure { try await payments.pay(payments.orders.add(), key: "k3") }?.reason == "IDEMPOTENCY_KEY_REUSED")
    }
  }

  @Test func `orders refuses: so does the payment, and nothing is charged`() async throws {
    try await withPayments { payments in
      for (status, reason) in [(OrdersV1.OrderStatus.cancelled, "ORDER_CANCELLED"), (.complete, "ORDER_COMPLETE")] {
        let order = payments.orders.add()
        try await payments.created(order)
        payments.orders.set(order, status)
        let refusal = await failure { try await payments.pay(order) }
        #expect(refusal?.code == .failedPrecondition && refusal?.reason == reason)
        #expect(try await payments.attempt(order).status == .refused)
        // Asked directly, before any event has come, it is the same.
        let unheard = payments.orders.add()
        payments.orders.set(unheard, status)
        #expect(await failure { try await payments.pay(unheard) }?.reason == reason)
        #expect(try await payments.parts.store.attempt(.init(orderID: unheard, number: 1)) == nil)
      }
      #expect(try await payments.ledger().isEmpty)
      #expect(try await payments.redis.zcard(PaymentKeys.unresolved) == 0)
    }
  }

  @Test func `only its owner may pay an order, and only signed in`() async throws {
    try await withPayments { payments in
      let order = payments.orders.add()
      #expect(await failure { try await payments.pay(order, as: "other") }?.code == .permissionDenied)
      try await payments.created(order)
      #expect(await failure { try await payments.pay(order, as: "other") }?.reason == "NOT_OWNER")
      let request = PaymentsV1.CreatePaymentRequest(token: "tok_visa", orderID: order)
      #expect(await failure { try await payments.client.createPayment(request) }?.code == .unauthenticated)
      #expect(payments.orders.begins == 0)
    }
  }

  @Test(arguments: ["nonsense", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "x\r\nGET", String(repeating: "0", count: 100_000)])
  func `an unknown or malformed order is not found`(id: String) async throws {
    try await withPayments { payments in
      #expect(await failure { try await payments.pay(id) }?.code == .notFound)
    }
  }

  @Test func `every field that is missing or malformed is named`() async throws {
    try await withPayments { payments in
      #expect(await failure { try await payments.pay("", "") }?.violations.map(\.field) == ["token", "orderId"])
      #expect(await failure { try await payments.pay("", "visa") }?.violations.map(\.field) == ["token", "orderId"])
      let order = payments.orders.add()
      #expect(
        await failure { try await payments.pay(order, key: "a b") }?.violations.map(\.field) == ["Idempotency-Key"])
    }
  }

  @Test func `orders away: unavailable while the order is unknown, pending once it may be held`() async throws {
    var settings = try PaymentsSettings.forTests()
    settings.answerWithin = .milliseconds(50)
    try await withPayments(settings: settings) { payments in
      let order = payments.orders.add()
      payments.orders.state.withLock { $0.isAway = true }
      #expect(await failure { try await payments.pay(order) }?.code == .unavailable)
      try await payments.created(order)
      let pending = try await payments.pay(order)
      #expect(pending.status == .pending && pending.stripeID.isEmpty)
      #expect(try await payments.ledger().isEmpty)
      payments.orders.state.withLock { $0.isAway = false }
      #expect(try await payments.settled(order).status == .succeeded)
      #expect(try await payments.pay(order).id == pending.id)
    }
  }

  @Test func `a lost reply of orders is asked for again`() async throws {
    try await withPayments { payments in
      payments.orders.state.withLock { $0.lostReplies = 3 }
      let order = payments.orders.add()
      let paid = try await payments.pay(order)
      #expect(paid.status == .succeeded)
      #expect(payments.orders.begins == 4)
      #expect(try await payments.ledger() == ["charge \(order) 5000"])
    }
  }

  @Test func `a malformed record is an error of ours`() async throws {
    try await withPayments { payments in
      let order = payments.orders.add()
      try await payments.created(order)
      try await payments.redis.hset(PaymentKeys.order(order), [("price", "much")])
      #expect(await failure { try await payments.pay(order) }?.code == .internal)
    }
  }
}

extension PaymentsUnderTest {
  /// The order's creation has been heard of.
  func created(_ orderID: String, by userID: String = "buyer", cents: Int64 = 5000) async throws {
    let order = PayableOrder(id: orderID, userID: userID, priceCents: cents)
    #expect(try await parts.store.learn(order) == .applied)
  }
}
