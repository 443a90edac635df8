import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Storefront

@Suite struct CardTests {
  @Test func `in the sandbox no field for a card's number has a name, so none is sent`() async throws {
    try await withOrderPage(cards: .sandbox) { page, policy in
      #expect(page.contains("4242 4242 4242 4242") && page.contains("data-sandbox"))
      for field in ["number", "expiry", "code"] {
        let tag = try #require(page.firstMatch(of: try Regex<Substring>("<input[^>]* id=\"\(field)\"[^>]*>"))).output
        #expect(!tag.contains(" name="))
      }
      #expect(!page.contains("stripe.com") && !policy.contains("stripe.com") && policy.contains("frame-src 'none'"))
    }
  }

  @Test func `with a publishable key Stripe's field takes the card, and only its hosts may`() async throws {
    try await withOrderPage(cards: .stripe(publishableKey: "pk_test_51")) { page, policy in
      #expect(page.contains(#"data-stripe="pk_test_51""#) && !page.contains("4242"))
      let script = try #require(page.firstRange(of: #"<script src="https://js.stripe.com/v3/" defer>"#))
      // Both are run in this order.
      #expect(try script.lowerBound < #require(page.firstRange(of: #"<script type="module""#)).lowerBound)
      #expect(page.contains("<noscript><p") && page.contains("needs JavaScript"))
      #expect(policy.contains("script-src 'self' https://js.stripe.com;"))
      #expect(policy.contains("frame-src https://js.stripe.com https://hooks.stripe.com;"))
      #expect(policy.contains("connect-src 'self' https://api.stripe.com;") && !policy.contains("unsafe"))
    }
    try await withShop(cards: .stripe(publishableKey: "pk_test_51")) { ann, _ in
      let page = try await ann.get("/")
      #expect(!page.text.contains("stripe.com"))
      #expect(page.headers[.contentSecurityPolicy]?.contains("stripe.com") == false)
    }
  }

  @Test func `without the key that it needs the page says so and offers no test card`() async throws {
    try await withOrderPage(cards: .unavailable) { page, policy in
      #expect(page.contains("STRIPE_PUBLISHABLE_KEY") && page.contains("Cancel the order"))
      #expect(!page.contains("tok_visa") && !page.contains("Pay $") && !policy.contains("stripe.com"))
    }
  }

  @Test(arguments: ["complete", "fail"])
  func `the sandbox asks the card holder on a page of its own`(outcome: String) async throws {
    try await withShop { ann, shop in
      try await ann.signUp("ann")
      let ticket = try await ann.sell()
      let bob = ann.other()
      try await bob.signUp("bob")
      let order = try await bob.buy(ticket)
      let asked = try await bob.post("\(order)/pay", from: order, ["token": "tok_threeDSecure2Required"])
      #expect(asked.status == .ok)
      #expect(asked.text.contains(#"name="secret" value="pi_1_secret_1""#) && asked.text.contains("Complete"))
      shop.orders.set(String(order.split(separator: "/")[1]), .awaitingPayment)
      #expect(try await bob.get(order).text.contains("\(order)/challenge"))
      // Come back to later.
      #expect(try await bob.get("\(order)/challenge").text.contains("pi_1_secret_1"))
      shop.orders.set(String(order.split(separator: "/")[1]), outcome == "fail" ? .created : .awaitingPayment)
      let answered = try await bob.post(
        "\(order)/challenge", from: order, ["secret": "pi_1_secret_1", "outcome": outcome])
      #expect(answered.status == .seeOther)
      let next = try #require(answered.headers[.location])
      #expect(next == (outcome == "fail" ? "\(order)?challenge=failed" : order))
      let page = try await bob.get(next)
      #expect(page.status == .ok && page.text.contains("nothing was charged") == (outcome == "fail"))
      #expect(page.text.contains("Pay $") == (outcome == "fail"))
      #expect(try await bob.get("\(order)/challenge").headers[.location] == order)
    }
  }

  @Test func `Stripe asks the card holder in the page, or without scripts on one of its own`() async throws {
    try await withShop(cards: .stripe(publishableKey: "pk_test_51")) { ann, shop in
      try await ann.signUp("ann")
      let ticket = try await ann.sell()
      let bob = ann.other()
      try await bob.signUp("bob")
      let order = try await bob.buy(ticket)
      let away = try await bob.post("\(order)/pay", from: order, ["token": "tok_threeDSecure2Required"])
      #expect(away.status == .seeOther)
      #expect(away.headers[.location] == "https://hooks.stripe.com/3d_secure?pi_1")
      shop.orders.set(String(order.split(separator: "/")[1]), .awaitingPayment)
      let here = try await bob.post(
        "\(order)/pay", from: order, ["token": "tok_threeDSecure2Required", "scripts": "1"])
      #expect(here.status == .ok && here.text.contains(#"data-challenge="pi_1_secret_1""#))
      let policy = try #require(here.headers[.contentSecurityPolicy])
      #expect(policy.contains("form-action 'self' https://hooks.stripe.com"))
    }
  }

  /// Stripe adds the client secret to the address: it goes no further, not even through the sign-in page.
  @Test func `whoever Stripe sends back is told, at an address without its secret`() async throws {
    try await withShop(cards: .stripe(publishableKey: "pk_test_51")) { ann, shop in
      try await ann.signUp("ann")
      let ticket = try await ann.sell()
      let bob = ann.other()
      try await bob.signUp("bob")
      let order = try await bob.buy(ticket)
      let address = "\(order)?payment_intent=pi_1&payment_intent_client_secret=pi_1_secret_1&redirect_status=failed"
      #expect(try await ann.other().get(address).headers[.location] == "/auth/signin?next=\(order)")
      let back = try await bob.get(address)
      #expect(back.status == .seeOther && back.headers[.location] == "\(order)?challenge=failed")
      #expect(try await bob.get("\(order)?challenge=failed").text.contains("nothing was charged"))
      shop.orders.set(String(order.split(separator: "/")[1]), .complete)
      #expect(try await bob.get("\(order)?challenge=failed").text.contains("nothing was charged") == false)
    }
  }

  @Test(arguments: ["/pay", "/cancel"])
  func `what only takes posts leads back where it is reloaded`(path: String) async throws {
    try await withShop { ann, _ in
      let back = try await ann.get("/orders/01JAORDER10000\(path)")
      #expect(back.status == .seeOther && back.headers[.location] == "/orders/01JAORDER10000")
    }
  }

  @Test(arguments: [
    "", "pk_", "pk_test_", "sk_test_51", "rk_live_51", "pk_test_5\"><script>", "pk_live_é", " pk_test_51",
    "pk_test_" + String(repeating: "5", count: 255),
  ])
  func `what is no publishable key is refused`(key: String) {
    #expect(CardEntry(publishableKey: key) == nil)
  }

  @Test(arguments: ["pk_test_51", "pk_live_51HabcXYZ_0"])
  func `a publishable key is taken`(key: String) {
    #expect(CardEntry(publishableKey: key) == .stripe(publishableKey: key))
  }

  private func withOrderPage(
    cards: CardEntry, _ body: @Sendable (_ page: String, _ policy: String) throws -> Void
  ) async throws {
    try await withShop(cards: cards) { ann, _ in
      try await ann.signUp("ann")
      let ticket = try await ann.sell()
      let bob = ann.other()
      try await bob.signUp("bob")
      let page = try await bob.get(try await bob.buy(ticket))
      try body(page.text, try #require(page.headers[.contentSecurityPolicy]))
    }
  }
}
