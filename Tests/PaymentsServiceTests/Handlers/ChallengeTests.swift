import Identifiers
import RPC
import Redis
import ServiceTestSupport
import StripeTestSupport
import Testing
import TicketingProto

@testable import PaymentsService

/// 3-D Secure: the card holder is asked, and the payment waits for that.
@Suite(.serialized) struct ChallengeTests {
  private static let secret = "whsec_challenges"
  private static let slow = RetryPace(first: .seconds(3600), longest: .seconds(3600))

  @Test(arguments: ["", "https://shop.example/orders/1"])
  func `Stripe's challenge is handed out at once, and the payment goes on when it is over`(url: String) async throws {
    try await withStripe(pace: Self.slow) { payments, twin in
      let order = payments.orders.add()
      let asked = try await payments.pay(order, "tok_authentication", returningTo: url)
      #expect(asked.status == .requiresAction && asked.clientSecret == "\(asked.stripeID)_secret_canary")
      #expect(asked.redirectURL == (url.isEmpty ? "" : "https://hooks.stripe.test/\(asked.stripeID)"))
      #expect(twin.requests("confirm").map { $0.form["return_url"] ?? "" } == [url])
      // Asking again looks it up at once, and tells the same.
      #expect(try await payments.pay(order) == asked)
      #expect(twin.requests("retrieve").count == 1 && twin.requests("cancel").isEmpty)
      twin.answerChallenge(asked.stripeID, isCompleted: true)
      let paid = try await payments.pay(order)
      #expect(paid.status == .succeeded && paid.id == asked.id && paid.clientSecret.isEmpty)
      #expect(twin.charges == 1)
      let record = try await payments.redis.hgetall(PaymentKeys.attempt(.init(orderID: order, number: 1)))
      #expect(try record.string("clientSecret").isEmpty && record.string("redirectUrl").isEmpty)
      let told = try await payments.events(.paymentCreated)
      #expect(!told.description.contains("canary"))
    }
  }

  @Test func `whoever asks without a card goes on with the payment under way, and begins none`() async throws {
    try await withStripe(pace: Self.slow) { payments, twin in
      let order = payments.orders.add()
      let missing = try #require(await failure { try await payments.pay(order, "") })
      #expect(missing.code == .invalidArgument && missing.violations.map(\.field) == ["token"])
      #expect(try await payments.redis.hgetall(PaymentKeys.attempt(.init(orderID: order, number: 1))).isEmpty)
      let asked = try await payments.pay(order, "tok_authentication")
      #expect(try await payments.pay(order, "") == asked)
      twin.answerChallenge(asked.stripeID, isCompleted: true)
      #expect(try await payments.pay(order, "").status == .succeeded)
      #expect(try await payments.pay(order, "").id == asked.id)
      #expect(twin.charges == 1)
    }
  }

  @Test func `a challenge that fails declines the card, and a webhook tells of it at once`() async throws {
    try await withStripe(environment: ["STRIPE_WEBHOOK_SECRET": Self.secret], pace: Self.slow) { payments, twin in
      let order = payments.orders.add()
      let asked = try await payments.pay(order, "tok_authentication")
      twin.answerChallenge(asked.stripeID, isCompleted: false)
      let event =
        #"{"id":"evt_1","object":"event","type":"payment_intent.payment_failed","data":{"object":{"object":"#
        + #""payment_intent","id":"\#(asked.stripeID)","metadata":{"order":"\#(order)","attempt":"1"}}}}"#
      try await payments.post(event, secret: Self.secret)
      let declined = try await payments.settled(order)
      #expect(declined.status == .declined && declined.refusal == .authenticationFailed)
      #expect(try await payments.pay(order).status == .succeeded)
      #expect(twin.charges == 1)
    }
  }

  @Test func `a challenge that nobody answers holds the order until it is given up, and is then cancelled`()
    async throws
  {
    let log = LogRecorder()
    try await withStripe(hold: .seconds(2), logger: log.logger) { payments, twin in
      let order = payments.orders.add()
      let asked = try await payments.pay(order, "tok_authentication")
      #expect(asked.status == .requiresAction)
      #expect(try await payments.settled(order).status == .closed)
      #expect(twin.intents.map(\.status) == ["canceled"] && twin.charges == 0)
      #expect(try await payments.events(.paymentAbandoned).count == 1)
    }
    #expect(!log.lines.contains { $0.contains("canary") })
  }

  @Test func `in the sandbox its owner answers, once, and the charge is in the ledger`() async throws {
    var settings = try PaymentsSettings.forTests()
    settings.pace = Self.slow
    try await withPayments(settings: settings) { payments in
      let order = payments.orders.add()
      let asked = try await payments.pay(order, "tok_threeDSecure2Required")
      #expect(asked.status == .requiresAction && asked.clientSecret.count > 40 && asked.redirectURL.isEmpty)
      #expect(try await payments.ledger().isEmpty)
      #expect(await failure { try await payments.answer(asked, true, as: "other") }?.reason == "NOT_OWNER")
      for secret in ["", "x"] {
        var wrong = asked
        wrong.clientSecret = secret
        #expect(await failure { try await payments.answer(wrong, true) }?.reason == "CHALLENGE_NOT_FOUND")
      }
      try await payments.answer(asked, true)
      #expect(try await payments.settled(order).status == .succeeded)
      #expect(try await payments.ledger() == ["charge \(order) 5000"])
      #expect(await failure { try await payments.answer(asked, true) }?.reason == "CHALLENGE_NOT_FOUND")
    }
  }

  @Test func `in the sandbox a challenge that fails declines the card`() async throws {
    try await withPayments { payments in
      let order = payments.orders.add()
      let asked = try await payments.pay(order, "tok_threeDSecure2Required")
      try await payments.answer(asked, false)
      let declined = try await payments.settled(order)
      #expect(declined.status == .declined && declined.refusal?.code == "authentication_failed")
      #expect(try await payments.events(.paymentDeclined).count == 1)
      #expect(try await payments.pay(order).status == .succeeded)
    }
  }

  @Test func `at Stripe there is no challenge of ours, and a return URL that is none is refused`() async throws {
    try await withStripe { payments, _ in
      let order = payments.orders.add()
      let refusal = await failure { try await payments.answer(.init(id: "", orderID: order), true) }
      #expect(refusal?.code == .unimplemented && refusal?.reason == "NO_SANDBOX")
      for url in ["javascript:alert(1)", "https://a b", "https://x/" + String(repeating: "x", count: 2_000)] {
        let refusal = await failure { try await payments.pay(order, returningTo: url) }
        #expect(refusal?.violations.map(\.field) == ["returnUrl"])
      }
    }
  }
}

extension PaymentsUnderTest {
  func answer(_ payment: PaymentsV1.Payment, _ isCompleted: Bool, as userID: String = "buyer") async throws {
    let request = PaymentsV1.AnswerChallengeRequest(
      orderID: payment.orderID, clientSecret: payment.clientSecret, completed: isCompleted)
    _ = try await client.answerChallenge(request, options: try await service.session(userID))
  }
}
