import AsyncHTTPClient
import Cryptography
import Foundation
import ProcessTestSupport
import RedisTestSupport
import StripeTestSupport
import Testing

/// What somebody does at Stripe's own pages, seen by the buyer.
@Suite struct ReversalTests {
  private static let secret = "whsec_reversals"

  @Test func `a refund and a dispute that begin at Stripe reach the order, which stays complete and sold`() async throws
  {
    try await withStripeTwin { stripe, base in
      try await withRedisServer { redis in
        let platform = try await Platform.start(
          redis: redis,
          ["STRIPE_KEY": "sk_test_reversals", "STRIPE_API_BASE": base, "STRIPE_WEBHOOK_SECRET": Self.secret])
        try await APIClient(port: platform.port).waitUntilReady(try platform.gateway)
        var purchase = try await Purchase(port: platform.port)
        let ticket = try await purchase.sell()
        let order = try await purchase.order(ticket)
        #expect(try await purchase.pay(order).status == 201)
        try await purchase.waitFor(order, "complete")
        #expect(try await purchase.reversal(order) == nil)
        let intent = try #require(stripe.intents.first?.id)

        stripe.dispute(intent, "needs_response")
        try await post("evt_1", "charge.dispute.created", "dispute", intent, to: platform.port)
        try await purchase.waitForReversal(of: order, "disputed")
        stripe.dispute(intent, "won")
        try await post("evt_2", "charge.dispute.closed", "dispute", intent, to: platform.port)
        try await purchase.waitForReversal(of: order, nil)
        let refund = try #require(stripe.refundByHand(intent, status: "pending"))
        stripe.settleRefund(refund, "succeeded")
        try await post("evt_3", "charge.refunded", "charge", intent, to: platform.port)
        try await purchase.waitForReversal(of: order, "refunded")

        #expect(try await purchase.status(order) == "complete")
        #expect(try await purchase.isListed(ticket) == false)
        let verify = try RunningProcess(
          ticketing, ["verify", "--settle", "2"], environment: ["REDIS_URL": "unix://\(redis.socketPath)"])
        #expect(await verify.exitStatus() == 0, "\(verify.output)")
        #expect(await platform.stop().allSatisfy { $0 == 0 })
      }
    }
  }

  private func post(_ id: String, _ type: String, _ object: String, _ intent: String, to port: Int) async throws {
    let body =
      #"{"id":"\#(id)","object":"event","type":"\#(type)","data":{"object":{"object":"\#(object)","id":"x_1","#
      + #""payment_intent":"\#(intent)"}}}"#
    let time = Int(Date().timeIntervalSince1970)
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/payments/webhook")
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "Stripe-Signature", value: "t=\(time),v1=\(code("\(time).\(body)"))")
    request.body = .bytes(Array(body.utf8))
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
    #expect(response.status == .ok)
  }

  private func code(_ message: String) -> String {
    ((try? Digest.hmacSHA256(message.utf8, key: Array(Self.secret.utf8))) ?? []).hex
  }
}

extension Purchase {
  fileprivate func reversal(_ order: String) async throws -> String? {
    var buyer = buyer
    return try await buyer.send("GET", "/api/orders/\(order)")["reversal"]
  }

  fileprivate func waitForReversal(of order: String, _ reversal: String?) async throws {
    try await eventually("order \(order) is \(reversal ?? "as it was")") {
      try await self.reversal(order) == reversal ? true : nil
    }
  }
}
