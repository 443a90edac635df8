import Identifiers
import Logging
import RPC
import RedisTestSupport
import ServiceTestSupport
import StripeTestSupport
import Testing
import TicketingProto

@testable import PaymentsService

/// The whole service against a Stripe that fails: always exactly one charge or none, and the state settles.
@Suite struct StripeFaultTests {
  @Test(arguments: [("tok_visa", "payment_method_data[card][token]"), ("pm_card_visa", "payment_method")])
  func `an intent is made and confirmed, with the order's parameters and a key each`(
    token: String, field: String
  ) async throws {
    try await withStripe { payments, twin in
      let order = payments.orders.add()
      let payment = try await payments.pay(order, token)
      #expect(payment.status == .succeeded && payment.stripeID == "pi_twin1")
      let requests = twin.requests
      #expect(requests.map(\.verb) == ["create", "confirm"])
      #expect(requests.map(\.key) == ["\(order):1:create", "\(order):1:confirm"])
      #expect(requests[0].form["amount"] == "5000" && requests[0].form[field] == token)
      #expect(requests[0].form["metadata[order]"] == order && requests[0].form["metadata[attempt]"] == "1")
      #expect(requests.allSatisfy { $0.authorization == "Bearer sk_test_canary" && $0.version != nil })
    }
  }

  @Test(
    arguments: ["create", "confirm"],
    [
      StripeTwin.Fault.resetBefore, .resetAfter, .delay(1500), .truncate, .garbage, .status(409), .status(429),
      .status(500),
      .status(503), .saved500AfterDoing,
    ])
  func `an answer that is lost or says nothing: one charge all the same`(
    verb: String, fault: StripeTwin.Fault
  ) async throws {
    // A delay is beyond the time-out; nothing else here should be, on a busy machine either.
    let timeout: Duration = if case .delay = fault { .milliseconds(500) } else { .seconds(5) }
    try await withStripe(timeout: timeout) { payments, twin in
      twin.fail(verb, fault, .status(500), fault)
      let order = payments.orders.add()
      _ = try? await payments.pay(order)
      let attempt = try await payments.settled(order)
      #expect(attempt.status == .succeeded)
      #expect(twin.charges == 1)
      #expect(try await payments.events(.paymentCreated).count == 1)
      // The same parameters each time, and another key only where an error may be kept for the one before.
      #expect(Set(twin.requests("create").map(\.form)).count == 1)
      for key in Set(twin.requests(verb).map(\.key)) where key?.hasSuffix(verb) == false {
        #expect(key?.firstMatch(of: /:[234]$/) != nil)
      }
    }
  }

  @Test func `Stripe away for too long after it charged: abandoned, and refunded once when it comes back`() async throws
  {
    try await withStripe(hold: .seconds(3)) { payments, twin in
      twin.fail("confirm", .resetAfter)
      for verb in ["retrieve", "cancel", "confirm"] { twin.failAlways(verb, .resetBefore) }
      let order = payments.orders.add()
      #expect(await failure { try await payments.pay(order) }?.reason == "PAYMENT_ABANDONED")
      let abandoned = try await payments.attempt(order)
      #expect(abandoned.status == .abandoned)
      twin.fail("refund", .resetAfter, .status(500))
      for verb in ["retrieve", "cancel"] { twin.failAlways(verb, nil) }
      #expect(try await payments.settled(order).status == .refunded)
      #expect(twin.charges == 1 && twin.refunds == 1)
      #expect(twin.requests("refund").first?.key == "refund:pi_twin1")
      #expect(try await payments.events(.paymentAbandoned).count == 1)
      #expect(try await payments.events(.paymentReversed).count == 1)
      #expect(try await payments.events(.paymentCreated).isEmpty)
    }
  }

  @Test(arguments: ["tok_chargeDeclined", "tok_unknown"])
  func `a card that is not taken leaves no charge, and the next card pays`(token: String) async throws {
    try await withStripe { payments, twin in
      let order = payments.orders.add()
      let refusal = await failure { try await payments.pay(order, token) }
      #expect(refusal?.reason == "CARD_DECLINED")
      #expect(refusal?.message.contains(token) == false)
      #expect(twin.charges == 0)
      let paid = try await payments.pay(order)
      #expect(paid.status == .succeeded)
      #expect(twin.charges == 1)
    }
  }

  @Test func `a caller that goes away does not stop its payment`() async throws {
    try await withStripe { payments, twin in
      twin.fail("confirm", .delay(200))
      let order = payments.orders.add()
      let call = Task { try await payments.pay(order) }
      _ = try await eventually("the confirmation is under way") { twin.requests("confirm").first }
      call.cancel()
      _ = await call.result
      #expect(try await payments.settled(order).status == .succeeded)
      #expect(twin.charges == 1)
    }
  }

  @Test func `an attempt whose driver died is taken up when its lease ends, by look-up first`() async throws {
    try await withStripe { payments, twin in
      // As a process leaves it that is killed between the intent's storing and the confirmation.
      let order = payments.orders.add()
      try await payments.created(order)
      let replica = try #require(try await payments.parts.store.order(order))
      let decision = try replica.paying(
        with: CardToken("tok_visa"), by: "buyer", paymentID: ULID().description, now: .now(),
        hold: .seconds(60))
      guard case .begin(let attempt) = decision else { Issue.record("no attempt"); return }
      let lease = UnixTime.now().adding(.milliseconds(200))
      #expect(try await payments.parts.store.begin(attempt, on: replica, mark: nil, lease: lease) == .created)
      let connection = StripeProcessor(
        connection: StripeConnection(
          base: payments.parts.handlers.settings.stripeBase, key: Secret("sk_test_canary"), timeout: .seconds(5),
          logger: .silent), currency: "usd")
      let answer = await connection.createIntent(ChargeOrder(attempt), key: ProcessorKey.create(attempt)).answer
      let change = try #require(attempt.settled(by: .created(answer), now: .now()))
      #expect(try await payments.parts.store.write(change, over: attempt, nextTry: lease, at: .now()) == .written)

      #expect(try await payments.settled(order).status == .succeeded)
      #expect(twin.requests.map(\.verb) == ["create", "retrieve", "confirm"])
      #expect(twin.charges == 1)
    }
  }

  @Test func `many drivers of one attempt charge once`() async throws {
    try await withStripe { payments, twin in
      twin.fail("confirm", .status(500), .resetAfter)
      let order = payments.orders.add()
      let driver = payments.parts.resolver.driver
      let paying = Task { try await payments.pay(order) }
      let id = AttemptID(orderID: order, number: 1)
      _ = try await eventually("the attempt begins") { try await payments.parts.store.attempt(id) }
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<8 { group.addTask { try? await driver.drive(id) } }
      }
      _ = try await paying.value
      #expect(try await payments.settled(order).status == .succeeded)
      #expect(twin.charges == 1)
      #expect(try await payments.events(.paymentCreated).count == 1)
    }
  }

  @Test func `neither key nor card are ever in a log or an error`() async throws {
    let log = LogRecorder()
    try await withStripe(timeout: .milliseconds(500), logger: log.logger) { payments, twin in
      twin.fail("create", .resetBefore, .garbage, .status(500))
      twin.fail("confirm", .truncate, .delay(1500))
      var errors: [RPCError?] = []
      for token in ["tok_canary", "tok_unknown_canary", "tok_chargeDeclined_canary", "canary tok"] {
        let order = payments.orders.add()
        errors.append(await failure { try await payments.pay(order, token) })
      }
      twin.failAlways("create", .status(401))
      errors.append(await failure { try await payments.pay(payments.orders.add(), "tok_canary") })
      let shown = errors.compactMap(\.self).map { "\($0) \($0.violations) \(String(describing: $0.cause))" }
      #expect(!shown.isEmpty && !shown.joined().contains("canary"))
      let settings = payments.parts.handlers.settings
      #expect(!"\(settings) \(String(reflecting: settings))".contains("canary"))
      var dumped = ""
      dump(settings, to: &dumped)
      #expect(!dumped.contains("canary"))
    }
    let lines = log.lines
    #expect(!lines.isEmpty)
    #expect(!lines.contains { $0.contains("canary") })
  }
}
