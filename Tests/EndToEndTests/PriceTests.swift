import ProcessTestSupport
import RedisTestSupport
import StripeTestSupport
import Testing

/// What the processor cannot charge is not sold.
@Suite struct PriceTests {
  @Test(
    arguments: [
      ([:], 0.5, 0.49, "Price must be at least 0.50"), ([:], 999_999.99, 1_000_000, "Price must be at most 999999.99"),
      (["CURRENCY": "jpy"], 50, 49, "Price must be at least 50"),
      (["CURRENCY": "jpy"], 500, 12.5, "Price must be a whole number"),
      (["PRICE_MIN": "5", "PRICE_MAX": "20"], 20, 20.01, "Price must be at most 20.00"),
    ] as [([String: String], Double, Double, String)])
  func `a price out of the limits is refused when the ticket is listed`(
    variables: [String: String], good: Double, bad: Double, sentence: String
  ) async throws {
    try await withUp(variables) { purchase, _ in
      let listed = try await purchase.seller.send("POST", "/api/tickets", ["title": "Concert", "price": good])
      #expect(listed.status == 201)
      #expect(listed.object["price"] as? Double == good)
      let id = try listed.created
      for (method, path) in [("POST", "/api/tickets"), ("PUT", "/api/tickets/\(id)")] {
        let refused = try await purchase.seller.send(method, path, ["title": "Concert", "price": bad])
        #expect(refused.status == 400)
        #expect("\(refused.object)".contains(sentence), "\(refused.object)")
      }
      let order = try await purchase.order(id)
      #expect(try await purchase.pay(order).status == 201)
      try await purchase.waitFor(order, "complete")
    }
  }

  @Test func `Stripe is asked for whole yen`() async throws {
    try await withStripeTwin { stripe, base in
      let variables = [
        "CURRENCY": "jpy", "STRIPE_KEY": "sk_test_0123456789", "STRIPE_API_BASE": base,
        "STRIPE_PUBLISHABLE_KEY": "pk_test_0123456789",
      ]
      try await withUp(variables) { purchase, _ in
        let order = try await purchase.order(try await purchase.sell("Concert", 500))
        #expect(try await purchase.pay(order).status == 201)
        let created = stripe.requests("create").map(\.form)
        #expect(!created.isEmpty)
        #expect(created.allSatisfy { $0["amount"] == "500" && $0["currency"] == "jpy" })
      }
    }
  }

  @Test(arguments: [
    ["CURRENCY": "kwd"], ["CURRENCY": "xxx"], ["PRICE_MIN": "0"], ["PRICE_MIN": "9", "PRICE_MAX": "8"],
  ])
  func `what is no currency and no limit stops the start`(variables: [String: String]) async throws {
    let common = ["JWT_KEY": "0123456789abcdef0123456789abcdef", "REDIS_URL": "redis://localhost", "RPC_PORT": "0"]
    let process = try RunningProcess(ticketing, ["tickets"], environment: common.merging(variables) { $1 })
    #expect(await process.exitStatus() == 78)
    #expect(process.output.contains(variables.keys.sorted()[0]))
    #expect(process.output.split(separator: "\n").count == 1)
  }
}
