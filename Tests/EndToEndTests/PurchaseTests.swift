import Foundation
import ProcessTestSupport
import RedisTestSupport
import Testing

/// The whole purchase, in one process and in six.
@Suite struct PurchaseTests {
  /// Long enough to pay, and to be seen reserved, on a busy machine; short enough to wait for.
  static let window = ["EXPIRATION_WINDOW_SECONDS": "15"]

  @Test func `a ticket is reserved, paid for and gone, in one process`() async throws {
    try await withUp(Self.window) { purchase, _ in try await walk(&purchase) }
  }

  @Test func `a ticket is reserved, paid for and gone, in six processes`() async throws {
    try await withRedisServer { redis in
      let platform = try await Platform.start(redis: redis, Self.window)
      try await APIClient(port: platform.port).waitUntilReady(try platform.gateway)
      var purchase = try await Purchase(port: platform.port)
      try await walk(&purchase)
      // What happened can be read in plain fields.
      let groups = try await redis.cli("XINFO", "GROUPS", "{orders}:events:order:created")
      for group in ["tickets-service", "payments-service", "expiration-service"] { #expect(groups.contains(group)) }
      let completed = try await redis.cli("XRANGE", "{orders}:events:order:completed", "-", "+")
      #expect(completed.contains("version"))
      #expect(await platform.stop().allSatisfy { $0 == 0 })
    }
  }

  @Test func `of 200 buyers of one ticket one gets it, and the others are told`() async throws {
    try await withUp { purchase, _ in
      let ticket = try await purchase.sell()
      // One account for all: contention is for the ticket. Its first order, cancelled, waits for the replica.
      let first = try await purchase.order(ticket)
      #expect(try await purchase.buyer.send("DELETE", "/api/orders/\(first)").status == 204)
      let buyer = purchase.buyer
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<200 {
          group.addTask {
            var buyer = buyer
            return try await buyer.send("POST", "/api/orders", ["ticketId": ticket], timeout: .seconds(60)).status
          }
        }
        return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
      }
      #expect(statuses == [201: 1, 400: 199])
    }
  }

  @Test func `the same Idempotency-Key reserves once and pays once`() async throws {
    try await withUp { purchase, _ in
      let ticket = try await purchase.sell()
      let order = try await purchase.order(ticket)
      let buyer = purchase.buyer
      let answers = try await withThrowingTaskGroup(of: (Int, String?).self) { group in
        for _ in 0..<20 {
          group.addTask {
            var buyer = buyer
            let answer = try await buyer.send("POST", "/api/payments", ["token": "tok_visa", "orderId": order])
            return (answer.status, answer["id"])
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      // Double clicks all get the one payment.
      #expect(Set(answers.map(\.0)).isSubset(of: [201, 202]))
      #expect(Set(answers.map(\.1)).count == 1)
      try await purchase.waitFor(order, "complete")
    }
  }

  /// Two users, three tickets: one is bought, one is ordered and left alone, one is declined and then paid.
  private func walk(_ purchase: inout Purchase) async throws {
    let ticket = try await purchase.sell()
    let order = try await purchase.order(ticket)
    try await purchase.waitFor(ticket, listed: false)
    let edit = try await purchase.seller.send("PUT", "/api/tickets/\(ticket)", ["title": "Dearer", "price": 60])
    #expect(edit.status == 400)
    #expect(try await purchase.seller.send("GET", "/api/orders/\(order)").status == 401)
    #expect(try await purchase.seller.send("POST", "/api/orders", ["ticketId": ticket]).status == 400)
    let paid = try await purchase.pay(order)
    #expect(paid.status == 201)
    #expect(paid["id"] != nil)
    try await purchase.waitFor(order, "complete")
    #expect(try await purchase.buyer.send("DELETE", "/api/orders/\(order)").status == 400)
    #expect(try await purchase.isListed(ticket) == false)

    let forgotten = try await purchase.sell("Opera", 12.5)
    let lost = try await purchase.order(forgotten)
    try await purchase.waitFor(forgotten, listed: false)
    try await purchase.waitFor(forgotten, listed: true)
    #expect(try await purchase.status(lost) == "cancelled")
    #expect(try await purchase.pay(lost).status == 400)

    let last = try await purchase.order(forgotten)
    let declined = try await purchase.pay(last, "tok_chargeDeclined")
    #expect(declined.status == 400)
    #expect(try await purchase.pay(last).status == 201)
    try await purchase.waitFor(last, "complete")

    let orders = try await purchase.buyer.send("GET", "/api/orders").array
    #expect(orders.compactMap { $0["id"] as? String } == [last, lost, order])
    #expect(orders.compactMap { $0["status"] as? String } == ["complete", "cancelled", "complete"])
  }
}

/// `ticketing up` in a folder of its own, with two people signed up; and the port of its Redis.
func withUp(
  _ variables: [String: String] = [:], _ body: (inout Purchase, Int) async throws -> Void
) async throws {
  try await withTemporaryFolder { folder in
    let environment = ["SCRYPT_COST": "1024,8,1", "RATE_LIMIT_SIGNUP_PER_MINUTE": "0"].merging(variables) { $1 }
    let process = try RunningProcess(
      ticketing, ["up", "--data", folder.path, "--port", "0"], environment: environment)
    let port = try await process.port()
    try await APIClient(port: port).waitUntilReady(process)
    let redis = try await process.line { $0.firstMatch(of: /redis-cli -p (\d+)/).flatMap { Int($0.1) } }
    var purchase = try await Purchase(port: port)
    try await body(&purchase, redis)
    #expect(await process.stop() == 0)
  }
}
