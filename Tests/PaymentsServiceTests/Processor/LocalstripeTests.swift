import Foundation
import ProcessTestSupport
import RedisTestSupport
import ServiceTestSupport
import Testing
import TicketingProto

@testable import PaymentsService

/// Against localstripe, somebody else's idea of Stripe: a process of its own from the environment that
/// `tools/setup --tests` makes. It ignores idempotency keys, so nothing here rests on them.
@Suite struct LocalstripeTests {
  @Test func `a card that pays, and its refund`() async throws {
    try await withLocalstripe { payments, processor in
      let order = payments.orders.add()
      let payment = try await payments.pay(order, "pm_card_visa")
      #expect(payment.status == .succeeded && payment.stripeID.hasPrefix("pi_"))
      #expect(await processor.retrieve(intent: payment.stripeID).answer == .intent(id: payment.stripeID, .succeeded))
      // A cancellation that comes too late tells where the intent stands.
      #expect(await processor.cancel(intent: payment.stripeID).answer == .intent(id: payment.stripeID, .succeeded))

      let request = OrdersV1.RefundRequested(paymentID: payment.id, orderID: order, attempt: 1)
      #expect(try await payments.deliver(.refundRequested, request, key: payment.id) == .applied)
      #expect(try await payments.settled(order).status == .refunded)
      #expect(
        await processor.retrieve(intent: payment.stripeID).answer == .intent(id: payment.stripeID, .reversed(.refunded))
      )
    }
  }

  @Test func `a card that is refused, then one that pays`() async throws {
    try await withLocalstripe { payments, processor in
      let order = payments.orders.add()
      let refusal = await failure { try await payments.pay(order, "pm_card_chargeCustomerFail") }
      #expect(refusal?.reason == "CARD_DECLINED")
      let declined = try await payments.attempt(order)
      let id = try #require(declined.stripeID)
      guard case .intent(id, .requiresPaymentMethod) = await processor.retrieve(intent: id).answer else {
        Issue.record("the intent of a refused card wants another card")
        return
      }
      #expect(try await payments.pay(order, "pm_card_visa").status == .succeeded)
    }
  }

  @Test func `an intent that is cancelled is never charged, and a card that is unknown makes none`() async throws {
    try await withLocalstripe { payments, processor in
      let known = ChargeOrder(.sample(token: "pm_card_visa"))
      guard case .intent(let id, .requiresConfirmation) = await processor.createIntent(known, key: "k").answer else {
        Issue.record("there is no intent")
        return
      }
      #expect(await processor.cancel(intent: id).answer == .intent(id: id, .canceled))
      guard case .refused = await processor.confirm(intent: id, returningTo: "", key: "k").answer else {
        Issue.record("a cancelled intent was confirmed")
        return
      }
      #expect(await processor.retrieve(intent: id).answer == .intent(id: id, .canceled))
      let order = payments.orders.add()
      #expect(await failure { try await payments.pay(order, "pm_unknown") }?.reason == "CARD_DECLINED")
    }
  }
}

private func withLocalstripe(
  _ body: @Sendable @escaping (PaymentsUnderTest, StripeProcessor) async throws -> Void
) async throws {
  let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardizedFileURL
  let server = try RunningProcess(
    root.appendingPathComponent(".venv/bin/python"),
    ["-m", "localstripe", "--from-scratch", "--port", "0"], environment: ["PYTHONUNBUFFERED": "1"])
  let port = try await server.line { line in
    line.firstMatch(of: /Running on http:\/\/\[::\]:(\d+)/).flatMap { Int($0.1) }
  }
  var settings = try PaymentsSettings.forTests(["STRIPE_API_BASE": "http://127.0.0.1:\(port)"])
  settings.processorTimeout = .seconds(5)
  let processor = StripeProcessor(
    connection: StripeConnection(
      base: settings.stripeBase, key: Secret("sk_test_12345"), timeout: settings.processorTimeout, logger: .silent),
    currency: settings.currency)
  try await withPayments(settings: settings, processor: { _, _ in processor }) { payments in
    try await body(payments, processor)
  }
  _ = await server.stop()
}
