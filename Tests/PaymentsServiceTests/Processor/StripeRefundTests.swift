import Identifiers
import ServiceTestSupport
import StripeTestSupport
import Testing
import TicketingProto

@testable import PaymentsService

/// Refunds have lives of their own, and may begin where nobody here asked for them.
@Suite(.serialized) struct StripeRefundTests {
  private static let secret = "whsec_refunds"
  /// Nothing but an event, or the end of a lease, wakes an attempt.
  private static let slow = RetryPace(
    first: .seconds(3600), longest: .seconds(3600), longestForRefund: .seconds(3600))

  private func withPaid(
    logger: LogRecorder = LogRecorder(), pace: RetryPace? = nil,
    _ body: @Sendable @escaping (PaymentsUnderTest, StripeTwin, String, PaymentsV1.Payment) async throws -> Void
  ) async throws {
    try await withStripe(
      logger: logger.logger, environment: ["STRIPE_WEBHOOK_SECRET": Self.secret], pace: pace
    ) { payments, twin in
      let order = payments.orders.add()
      let payment = try await payments.pay(order)
      try await body(payments, twin, order, payment)
    }
  }

  private func requestRefund(_ payments: PaymentsUnderTest, _ order: String, _ payment: PaymentsV1.Payment) async throws
  {
    let request = OrdersV1.RefundRequested(paymentID: payment.id, orderID: order, attempt: 1)
    #expect(try await payments.deliver(.refundRequested, request, key: payment.id) == .applied)
  }

  @Test(arguments: ["pending", "requires_action"])
  func `a refund that is not through is not told as one, until it is`(status: String) async throws {
    try await withPaid { payments, twin, order, payment in
      twin.refundsBecome(status)
      try await requestRefund(payments, order, payment)
      let waiting = try await eventually("the refund is made") {
        let attempt = try await payments.attempt(order)
        return attempt.refund == nil ? nil : attempt
      }
      #expect(waiting.status == .refunding && waiting.refund?.id == "re_1")
      _ = try await eventually("it is looked at") { twin.requests("retrieveRefund").first }
      #expect(try await payments.events(.paymentReversed).isEmpty)
      #expect(try await payments.parts.store.openMatters().owed == 1)
      twin.settleRefund("re_1", "succeeded")
      #expect(try await payments.settled(order).status == .refunded)
      #expect(twin.requests("refund").count == 1)
      let told = try await payments.events(.paymentReversed, PaymentsV1.PaymentReversed.self)
      #expect(told.map(\.reversal) == [.refunded] && told.map(\.version) == [1])
      #expect(try await payments.parts.store.openMatters().owed == 0)
    }
  }

  @Test(arguments: ["failed", "canceled"])
  func `a refund that fails, at once or later, is made again under another key`(status: String) async throws {
    let log = LogRecorder()
    try await withPaid(logger: log) { payments, twin, order, payment in
      twin.refundsBecome(status, "pending")
      try await requestRefund(payments, order, payment)
      _ = try await eventually("the second refund is made") { twin.requests("refund").count == 2 ? true : nil }
      twin.settleRefund("re_2", status)
      #expect(try await payments.settled(order).status == .refunded)
      #expect(twin.requests("refund").map(\.key) == ["", ":2", ":3"].map { "refund:\(payment.stripeID)\($0)" })
      #expect(try await payments.events(.paymentReversed).count == 1)
    }
    #expect(log.lines.count { $0.hasPrefix("error") && $0.contains("a refund has failed") } == 2)
  }

  @Test func `an event about the refund is worth more than the clock`() async throws {
    try await withPaid(pace: Self.slow) { payments, twin, order, payment in
      twin.refundsBecome("pending")
      try await requestRefund(payments, order, payment)
      _ = try await eventually("the refund is made") { try await payments.attempt(order).refund }
      twin.settleRefund("re_1", "succeeded")
      try await payments.post(refundEvent("evt_1", "refund.updated", of: payment), secret: Self.secret)
      #expect(try await payments.settled(order).status == .refunded)
      // And after it had succeeded, it fails.
      twin.settleRefund("re_1", "failed")
      try await payments.post(refundEvent("evt_2", "refund.failed", of: payment), secret: Self.secret)
      _ = try await eventually("another is made") { twin.requests("refund").count == 2 ? true : nil }
      #expect(try await payments.settled(order).status == .refunded)
      let told = try await payments.events(.paymentReversed, PaymentsV1.PaymentReversed.self)
      #expect(told.map(\.reversal) == [.refunded, .unspecified, .refunded] && told.map(\.version) == [1, 2, 3])
    }
  }

  @Test func `a refund made by hand is told, a pending one only when it is through, and nothing else is done`()
    async throws
  {
    try await withPaid { payments, twin, order, payment in
      let id = try #require(twin.refundByHand(payment.stripeID, status: "pending"))
      try await payments.post(chargeEvent("evt_1", of: payment), secret: Self.secret)
      _ = try await eventually("it is looked at") { twin.requests("retrieve").count > 1 ? true : nil }
      #expect(try await payments.events(.paymentReversed).isEmpty)
      twin.settleRefund(id, "succeeded")
      let attempt = try await payments.settled(order)
      #expect(attempt.status == .succeeded && attempt.reversal == .refunded)
      let told = try await payments.events(.paymentReversed, PaymentsV1.PaymentReversed.self)
      #expect(told.map(\.reversal) == [.refunded] && told.map(\.orderID) == [order])
      #expect(twin.requests("refund").isEmpty)
      let record = try await payments.redis.hgetall(PaymentKeys.payment(payment.id))
      #expect(try record.string("reversal") == "refunded" && record.int64("version") == 1)
    }
  }

  @Test func `a part that was given back, and a dispute from its beginning to its end`() async throws {
    try await withPaid { payments, twin, order, payment in
      _ = twin.refundByHand(payment.stripeID, amount: 100)
      try await payments.post(chargeEvent("evt_1", of: payment), secret: Self.secret)
      #expect(try await payments.settled(order).reversal == .partlyRefunded)
      for (number, (status, reversal)) in [
        ("needs_response", Reversal.disputed), ("won", .partlyRefunded), ("lost", .chargedBack),
      ].enumerated() {
        twin.dispute(payment.stripeID, status)
        let type = status == "needs_response" ? "charge.dispute.created" : "charge.dispute.closed"
        try await payments.post(disputeEvent("evt_d\(number)", type, of: payment), secret: Self.secret)
        _ = try await eventually("it is \(reversal)") {
          try await payments.attempt(order).reversal == reversal ? true : nil
        }
      }
      let told = try await payments.events(.paymentReversed, PaymentsV1.PaymentReversed.self)
      #expect(told.map(\.reversal) == [.partlyRefunded, .disputed, .partlyRefunded, .chargedBack])
      #expect(told.map(\.version) == [1, 2, 3, 4])
      // The event's own word counts for nothing.
      try await payments.post(chargeEvent("evt_2", of: payment), secret: Self.secret)
      #expect(try await payments.settled(order).reversal == .chargedBack)
    }
  }

  @Test func `a charge after abandonment is told from version 0 on`() async throws {
    try await withStripe(hold: .seconds(3)) { payments, twin in
      twin.fail("confirm", .resetAfter)
      for verb in ["retrieve", "cancel", "confirm"] { twin.failAlways(verb, .resetBefore) }
      let order = payments.orders.add()
      #expect(await failure { try await payments.pay(order) }?.reason == "PAYMENT_ABANDONED")
      for verb in ["retrieve", "cancel"] { twin.failAlways(verb, nil) }
      let attempt = try await payments.settled(order)
      #expect(attempt.status == .refunded)
      let told = try await payments.events(.paymentReversed)
      #expect(try told.map { try $0.int64("version") } == [0])
      #expect(try await payments.redis.hgetall(PaymentKeys.payment(attempt.paymentID)).int64("version") == 0)
    }
  }

  private func refundEvent(_ id: String, _ type: String, of payment: PaymentsV1.Payment) -> String {
    event(id, type, #"{"object":"refund","id":"re_1","status":"succeeded","payment_intent":"\#(payment.stripeID)"}"#)
  }

  private func chargeEvent(_ id: String, of payment: PaymentsV1.Payment) -> String {
    event(id, "charge.refunded", #"{"object":"charge","id":"ch_1","payment_intent":"\#(payment.stripeID)"}"#)
  }

  private func disputeEvent(_ id: String, _ type: String, of payment: PaymentsV1.Payment) -> String {
    event(id, type, #"{"object":"dispute","id":"dp_1","payment_intent":"\#(payment.stripeID)"}"#)
  }

  private func event(_ id: String, _ type: String, _ object: String) -> String {
    #"{"id":"\#(id)","object":"event","type":"\#(type)","data":{"object":\#(object)}}"#
  }
}
