import Cryptography
import Identifiers
import RPC
import ServiceTestSupport
import Testing
import TicketingProto

@testable import PaymentsService

@Suite struct WebhookSignatureTests {
  private let now = UnixTime(milliseconds: 1_700_000_000_500)
  private let payload = Array(#"{"id":"evt_1"}"#.utf8)
  private let secret = Secret("whsec_test")

  @Test func `the code is that of the documentation's construction`() throws {
    // printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test
    #expect(signed(1_700_000_000) == "c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925")
  }

  @Test(arguments: [
    ("t=1700000000,v1=GOOD", true), ("v1=GOOD,t=1700000000", true), ("t=1700000000,v1=BAD,v1=GOOD", true),
    ("t=1700000000,v0=zz,v1=GOOD,x=", true), ("t=1700000000,v1=BAD", false), ("t=1700000000,v0=GOOD", false),
    ("t=1700000000", false), ("v1=GOOD", false), ("t=1700000000,t=1700000000,v1=GOOD", false),
    ("t=1700000001,v1=GOOD", false), ("t=+1700000000,v1=GOOD", false), ("t=01700000000,v1=GOOD", false),
    ("t=,v1=GOOD", false), ("t=1700000000,v1=", false), ("t=1700000000,v1=GOODGOOD", false),
    ("t=1700000000 ,v1=GOOD", false), ("t=1700000000;v1=GOOD", false), ("", false), (",,,", false), ("=", false),
    ("t=9223372036854775808,v1=GOOD", false), ("t=-9223372036854775808,v1=GOOD", false), ("GOOD", false),
  ])
  func `only a whole field with a code that fits is good`(template: String, isGood: Bool) throws {
    let bad = String(repeating: "0", count: 64)
    let field = template.replacing("GOOD", with: signed(1_700_000_000)).replacing("BAD", with: bad)
    #expect((WebhookSignature(field)?.fits(payload, secret: secret, now: now) ?? false) == isGood)
  }

  @Test(arguments: [(-301, false), (-300, true), (0, true), (300, true), (301, false), (-100_000_000, false)])
  func `it is good for three hundred seconds`(age: Int64, isGood: Bool) throws {
    let time = now.seconds - age
    let signature = try #require(WebhookSignature("t=\(time),v1=\(signed(time))"))
    #expect(signature.fits(payload, secret: secret, now: now) == isGood)
  }

  @Test func `another payload, another secret or an upper-case code does not fit`() throws {
    let field = "t=1700000000,v1=\(signed(1_700_000_000))"
    let signature = try #require(WebhookSignature(field))
    #expect(signature.fits(payload, secret: secret, now: now))
    #expect(!signature.fits(payload + [0x20], secret: secret, now: now))
    #expect(!signature.fits(payload, secret: Secret("whsec_other"), now: now))
    #expect(WebhookSignature(field.uppercased()) == nil)
    #expect(WebhookSignature("t=1700000000" + String(repeating: ",v1=\(signed(1_700_000_000))", count: 17)) == nil)
    #expect(WebhookSignature(String(repeating: "x", count: 100_000)) == nil)
  }

  private func signed(_ time: Int64) -> String { webhookCode(payload, at: time, secret: secret.value) }
}

/// The hexadecimal code for a payload.
func webhookCode(_ payload: [UInt8], at time: Int64, secret: String) -> String {
  ((try? Digest.hmacSHA256(Array("\(time).".utf8) + payload, key: Array(secret.utf8))) ?? []).hex
}

extension PaymentsUnderTest {
  /// As the processor does.
  func post(_ text: String, secret: String) async throws {
    let payload = Array(text.utf8)
    let now = UnixTime.now().seconds
    let signature = "t=\(now),v1=\(webhookCode(payload, at: now, secret: secret))"
    _ = try await client.handleWebhook(.init(payload: payload, signature: signature))
  }
}

@Suite struct HandleWebhookTests {
  private let secret = "whsec_canary"

  private func withWebhooks(_ body: @Sendable @escaping (PaymentsUnderTest) async throws -> Void) async throws {
    try await withPayments(settings: .forTests(["STRIPE_WEBHOOK_SECRET": secret]), body)
  }

  private func event(
    _ id: String = "evt_1", about attempt: Attempt, type: String = "payment_intent.succeeded"
  ) -> String {
    #"{"id":"\#(id)","object":"event","type":"\#(type)","data":{"object":{"object":"payment_intent","#
      + #""id":"\#(attempt.stripeID ?? "")","status":"succeeded","metadata":{"order":"\#(attempt.id.orderID)","#
      + #""attempt":"\#(attempt.id.number)"}}}}"#
  }

  private func post(_ text: String, to payments: PaymentsUnderTest) async throws {
    try await payments.post(text, secret: secret)
  }

  @Test func `without a secret there is no webhook`() async throws {
    try await withPayments { payments in
      let refusal = await failure { try await payments.client.handleWebhook(.init(payload: [], signature: "")) }
      #expect(refusal?.code == .unimplemented && refusal?.reason == "NO_WEBHOOK")
    }
  }

  @Test func `a wrong signature is refused, and so is a signed body that is no event`() async throws {
    try await withWebhooks { payments in
      let unsigned = await failure {
        try await payments.client.handleWebhook(.init(payload: Array("{}".utf8), signature: "t=1,v1=00"))
      }
      #expect(unsigned?.code == .invalidArgument && unsigned?.reason == "BAD_SIGNATURE")
      let long = #"{"id":"\#(String(repeating: "x", count: 300))","object":"event","type":"x"}"#
      for body in ["", "{}", "[]", "null", "{", #"{"id":1,"object":"event","type":"x"}"#, long] {
        #expect(await failure { try await post(body, to: payments) }?.reason == "BAD_PAYLOAD", "\(body)")
      }
    }
  }

  @Test func `an event about nothing of ours is taken, once`() async throws {
    try await withWebhooks { payments in
      for body in [
        #"{"id":"evt_1","object":"event","type":"charge.succeeded"}"#,
        #"{"id":"evt_1","object":"event","type":"payment_intent.succeeded","data":{"object":{"object":"payment_intent"}}}"#,
        #"{"id":"evt_2","object":"event","type":"payment_intent.succeeded","data":{"object":{"id":7,"metadata":[]}}}"#,
        event("evt_3", about: .sample(.declined, intent: "pi_other")),
      ] {
        try await post(body, to: payments)
      }
      #expect(try await payments.redis.zcard(PaymentKeys.unresolved) == 0)
      #expect(try await payments.redis.exists(PaymentKeys.webhook("evt_3")))
      let expiry = try await payments.redis.pttl(PaymentKeys.webhook("evt_1"))
      #expect(expiry.map { $0 > .seconds(3 * 24 * 60 * 60) } == true)
    }
  }

  @Test func `money that came after the end is looked up and goes back; the payload's word is not enough`() async throws
  {
    try await withWebhooks { payments in
      let order = payments.orders.add()
      _ = await failure { try await payments.pay(order, "tok_chargeDeclined") }
      let declined = try await payments.attempt(order)
      // The event says that it succeeded, the processor does not.
      try await post(event(about: declined), to: payments)
      #expect(try await payments.settled(order).status == .declined)

      // Now the processor says so too.
      let intent = PaymentKeys.sandboxIntent(try #require(declined.stripeID))
      try await payments.redis.hset(intent, [("status", "succeeded")])
      try await post(event(about: declined), to: payments)
      #expect(try await payments.settled(order).status == .declined, "this event has been taken before")
      try await post(event("evt_2", about: declined), to: payments)
      #expect(try await payments.settled(order).status == .refunded)
      #expect(try await payments.ledger() == ["refund \(order) 5000"])
    }
  }

  @Test func `a pending attempt is looked at as soon as its event comes`() async throws {
    var settings = try PaymentsSettings.forTests(["STRIPE_WEBHOOK_SECRET": secret])
    settings.pace = RetryPace(first: .seconds(3600), longest: .seconds(3600))
    try await withPayments(settings: settings) { payments in
      let order = payments.orders.add()
      try await payments.created(order)
      // As it is left by a look-up that found the bank thinking.
      var attempt = Attempt.sample(.pending, intent: "pi_sandbox_waiting")
      attempt = Attempt(
        id: .init(orderID: order, number: 1), paymentID: ULID().description, userID: "buyer", amountCents: 5000,
        createdAt: .now(), giveUpAt: UnixTime.now().adding(.seconds(600)), token: attempt.token,
        stripeID: attempt.stripeID)
      let replica = try #require(try await payments.parts.store.order(order))
      let later = UnixTime.now().adding(.seconds(3600))
      #expect(try await payments.parts.store.begin(attempt, on: replica, mark: nil, lease: later) == .created)
      try await payments.redis.hset(
        PaymentKeys.sandboxIntent("pi_sandbox_waiting"),
        [
          ("id", "pi_sandbox_waiting"), ("status", "succeeded"), ("token", "tok_visa"), ("order", .string(order)),
          ("attempt", 1), ("amount", 5000), ("currency", "usd"),
        ])
      try await post(event(about: attempt), to: payments)
      #expect(try await payments.settled(order).status == .succeeded)
    }
  }
}
