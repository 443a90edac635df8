import Foundation
import ProcessTestSupport
import RedisTestSupport
import Testing

/// One request's trace through six processes, as a person follows it with grep.
@Suite struct TraceTests {
  private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

  @Test func `one grep shows a purchase, and what comes of an order that nobody pays`() async throws {
    try await withRedisServer { redis in
      let platform = try await Platform.start(redis: redis, ["EXPIRATION_WINDOW_SECONDS": "4", "LOG_FORMAT": "json"])
      try await APIClient(port: platform.port).waitUntilReady(try platform.gateway)
      var purchase = try await Purchase(
        port: platform.port, headers: ["traceparent": "00-\(Self.trace)-00f067aa0ba902b7-01", "X-Request-Id": "buying"])
      let sold = try await purchase.sell("Sold")
      let order = try await purchase.order(sold)
      #expect(try await purchase.pay(order).status == 201)
      try await purchase.waitFor(order, "complete")
      let expired = try await purchase.sell("Lost")
      let lost = try await purchase.order(expired)
      try await purchase.waitFor(lost, "cancelled", within: 60)
      try await purchase.waitFor(expired, listed: true, within: 60)

      // What each process tells of it at LOG_LEVEL=info; only events may follow after the API's last answer.
      let wanted: [(Platform.Part, [String])] = [
        (.gateway, ["/api/users/signup", "/api/tickets", "/api/orders", "/api/payments"]),
        (.auth, ["AuthService/SignUp"]),
        (.tickets, ["TicketsService/CreateTicket", "order:created", "order:cancelled"]),
        (
          .orders,
          [
            "OrdersService/CreateOrder", "OrdersService/BeginPayment", "ticket:created", "ticket:updated",
            "payment:created", "expiration:complete",
          ]
        ),
        (.payments, ["PaymentsService/CreatePayment", "order:created", "order:cancelled", "succeeded"]),
        (.expiration, ["order:created", "order:completed", "the time to pay is over", "order:cancelled"]),
      ]
      for (part, words) in wanted {
        let process = try platform.process(part)
        for word in words {
          try await eventually("\(part) has a line of the trace with \(word)", within: 30) {
            process.grep(Self.trace).contains { $0.contains(word) } ? true : nil
          }
        }
      }
      // The request's id goes with the calls, the user with what is theirs.
      // The buyer asks again while orders has not heard of the ticket.
      let asked = try platform.gateway.grep(Self.trace).filter { $0.contains("/api/orders\"") }.map(Self.fields)
      let buying = asked.first { $0["status"] == "201" }
      #expect(buying?["request_id"] == "buying")
      let reserving = try platform.process(.orders).grep("OrdersService/CreateOrder").first { $0.contains("\"OK\"") }
        .map(Self.fields)
      #expect(reserving?["request_id"] == "buying")
      #expect(reserving?["user_id"] != nil && reserving?["user_id"] == buying?["user_id"])
      #expect(await platform.stop().allSatisfy { $0 == 0 })
    }
  }

  private static func fields(_ line: String) -> [String: String] {
    (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: String] ?? [:]
  }
}

extension RunningProcess {
  /// The lines of its output so far with this word.
  func grep(_ word: String) -> [String] {
    output.split(separator: "\n").filter { $0.contains(word) }.map { String($0) }
  }
}
