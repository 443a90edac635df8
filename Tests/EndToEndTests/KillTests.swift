import Foundation
import ProcessTestSupport
import RedisTestSupport
import StripeTestSupport
import Testing

/// kill -9 of the payments service at the worst moments, with a processor that really moved the money.
@Suite struct KillTests {
  private static let variables = [
    "EXPIRATION_WINDOW_SECONDS": "300", "STRIPE_KEY": "sk_test_0123456789", "PAYMENT_LEASE_SECONDS": "2",
  ]

  @Test(arguments: ["create", "confirm"])
  func `killed while the processor answers, payments charges once, and the order is complete`(
    step: String
  ) async throws {
    try await withStripeTwin { stripe, base in
      try await withRedisServer { redis in
        var platform = try await Platform.start(
          redis: redis, Self.variables.merging(["STRIPE_API_BASE": base]) { $1 })
        try await APIClient(port: platform.port).waitUntilReady(try platform.gateway)
        var purchase = try await Purchase(port: platform.port)
        let ticket = try await purchase.sell()
        let order = try await purchase.order(ticket)

        // The processor does it, and its answer never comes.
        stripe.fail(step, .delay(600_000))
        let payer = purchase
        async let cut = answer(of: payer, paying: order)
        try await eventually("the processor is asked to \(step)") {
          stripe.requests(step).isEmpty ? nil : true
        }
        #expect(try await purchase.status(order) == "awaiting:payment")
        await platform.kill(.payments)
        #expect(stripe.charges == (step == "confirm" ? 1 : 0))
        #expect(try await cut == 503)

        try await platform.restart(.payments)
        try await purchase.waitFor(order, "complete", within: 60)
        #expect(stripe.charges == 1)
        #expect(stripe.refunds == 0)
        #expect(stripe.intents.map(\.amount) == [5000])
        // Whoever pays again is told of the payment that there is.
        #expect(try await purchase.pay(order).status == 201)
        #expect(stripe.charges == 1)
        #expect(await platform.stop().allSatisfy { $0 == 0 })
      }
    }
  }

  @Test func `whatever is killed while people buy, money follows the tickets`() async throws {
    try await withRedisServer { redis in
      var platform = try await Platform.start(
        redis: redis,
        ["EXPIRATION_WINDOW_SECONDS": "5", "PAYMENT_LEASE_SECONDS": "1", "RATE_LIMIT_SIGNUP_PER_MINUTE": "0"])
      try await APIClient(port: platform.port).waitUntilReady(try platform.gateway)
      let purchase = try await Purchase(port: platform.port)
      let orders = try await withThrowingTaskGroup(of: [String].self) { group in
        for buyer in 0..<6 {
          group.addTask { await Self.buy(8, as: buyer, purchase) }
        }
        for part in [Platform.Part.payments, .orders, .expiration, .tickets, .payments, .orders] {
          try await Task.sleep(for: .milliseconds(.random(in: 100...500)))
          await platform.kill(part)
          try await platform.restart(part)
        }
        try await redis.kill()
        try await redis.start()
        return try await group.reduce(into: []) { $0 += $1 }
      }
      try #require(orders.count > 10)

      var complete: Set<String> = []
      for order in orders {
        let status = try await eventually("order \(order) is final", within: 90) {
          let status = try? await purchase.status(order)
          return status == "complete" || status == "cancelled" ? status : nil
        }
        if status == "complete" { complete.insert(order) }
      }
      #expect(try await Ledger(at: ["-s", redis.socketPath]).paidOrders == complete)
      #expect(await platform.stop().allSatisfy { $0 == 0 })
    }
  }

  private func answer(of purchase: Purchase, paying order: String) async throws -> Int {
    var purchase = purchase
    return try await purchase.pay(order).status
  }

  /// Sells, orders and mostly pays, whatever the answers are; the orders that were made.
  private static func buy(_ count: Int, as number: Int, _ purchase: Purchase) async -> [String] {
    var purchase = purchase
    var orders: [String] = []
    for round in 0..<count {
      guard let ticket = try? await purchase.sell("Ticket \(number).\(round)"),
        let order = try? await purchase.order(ticket)
      else {
        // A part is away at the moment.
        try? await Task.sleep(for: .milliseconds(100))
        continue
      }
      orders.append(order)
      if round % 4 != 3 { _ = try? await purchase.pay(order) }
    }
    return orders
  }
}
