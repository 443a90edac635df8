import Identifiers
import ServiceTestSupport
import StripeTestSupport
import Testing
import TicketingProto

@testable import PaymentsService

/// Many pay at once, and the processor is slow.
@Suite(.serialized) struct ResolverLoadTests {
  private static let secret = "whsec_load"

  @Test func `refunds are made while as many new payments as there is room for hang`() async throws {
    try await withStripe(timeout: .seconds(120), lease: .seconds(120)) { payments, twin in
      let order = payments.orders.add()
      let payment = try await payments.pay(order)
      twin.failAlways("confirm", .hold)
      let others = (0..<DriveLanes.batch + 8).map { _ in payments.orders.add() }
      let payers = others.map { order in Task { try? await payments.pay(order) } }
      _ = try await eventually("all there is room for hang") {
        twin.requests("confirm").count == DriveLanes.batch + 1 ? true : nil
      }
      let request = OrdersV1.RefundRequested(paymentID: payment.id, orderID: order, attempt: 1)
      #expect(try await payments.deliver(.refundRequested, request, key: payment.id) == .applied)
      #expect(try await payments.settled(order).status == .refunded)
      #expect(twin.isHolding && twin.requests("confirm").count == DriveLanes.batch + 1)
      twin.failAlways("confirm", nil)
      twin.release()
      for payer in payers { _ = await payer.value }
      for order in others { #expect(try await payments.settled(order).status == .succeeded) }
      #expect(twin.charges == others.count + 1)
    }
  }

  @Test func `a webhook is heard while the attempt is driven in this process`() async throws {
    try await withStripe(
      timeout: .seconds(120), environment: ["STRIPE_WEBHOOK_SECRET": Self.secret], lease: .seconds(120)
    ) { payments, twin in
      twin.fail("confirm", .hold)
      let order = payments.orders.add()
      let paying = Task { try await payments.pay(order) }
      _ = try await eventually("the confirmation is under way") { twin.requests("confirm").first }
      let attempt = try await payments.attempt(order)
      let event =
        #"{"id":"evt_1","object":"event","type":"payment_intent.succeeded","data":{"object":{"object":"#
        + #""payment_intent","id":"\#(attempt.stripeID ?? "")","metadata":{"order":"\#(order)","attempt":"1"}}}}"#
      try await payments.post(event, secret: Self.secret)
      #expect(try await paying.value.status == .succeeded)
      #expect(twin.isHolding && twin.charges == 1)
      twin.release()
      #expect(try await payments.events(.paymentCreated).count == 1)
    }
  }

  @Test(arguments: [false, true])
  func `money of an attempt that the store has lost is adopted, or goes back where it has no place`(
    isTaken: Bool
  ) async throws {
    let log = LogRecorder()
    try await withStripe(logger: log.logger, environment: ["STRIPE_WEBHOOK_SECRET": Self.secret]) { payments, twin in
      let order = payments.orders.add()
      try await payments.created(order)
      let payment = try await payments.pay(order)
      let id = AttemptID(orderID: order, number: 1)
      let event =
        #"{"id":"evt_1","object":"event","type":"payment_intent.succeeded","data":{"object":{"object":"#
        + #""payment_intent","id":"\#(payment.stripeID)","metadata":{"order":"\#(order)","attempt":"1"}}}}"#
      if isTaken {
        // Another attempt of this number has begun and is paid by another intent.
        let other = try #require(twin.copy(payment.stripeID))
        try await payments.post(event.replacing(payment.stripeID, with: other), secret: Self.secret)
        #expect(twin.intents.filter(\.isRefunded).map(\.id) == [other])
        #expect(try await payments.attempt(order).status == .succeeded)
      } else {
        try await payments.redis.del(PaymentKeys.attempt(id), PaymentKeys.stripe(payment.stripeID))
        try await payments.post(event, secret: Self.secret)
        let adopted = try await payments.settled(order)
        #expect(adopted.status == .succeeded && adopted.paymentID == payment.id && adopted.amountCents == 5000)
        #expect(twin.refunds == 0)
      }
      #expect(log.lines.contains { $0.hasPrefix("error") && $0.contains("not stored so") })
    }
  }
}
