import Foundation
import Testing

/// Pay, cancel and expire, all at once, over HTTP: whoever comes first decides, and money follows the ticket.
@Suite struct RaceTests {
  private static let races = 240

  @Test func `pay, cancel and expire raced against each other always settle`() async throws {
    let window = 4.0
    try await withUp(["EXPIRATION_WINDOW_SECONDS": "\(Int(window))"]) { purchase, redis in
      var tickets: [String] = []
      for number in 0..<Self.races { tickets.append(try await purchase.sell("Ticket \(number)")) }
      // Once the last one is known, all are.
      let buyer = purchase.buyer
      try await purchase.waitUntilKnown(tickets.last)
      let orders = try await withThrowingTaskGroup(of: (order: String, ticket: String).self) { group in
        for (index, ticket) in tickets.enumerated() {
          // Some long before the time is over, some just when it is; who is first differs from one to the next.
          let rank = Double(index) / Double(Self.races)
          group.addTask {
            let order = try await Self.race(
              for: ticket, payAfter: rank * window, cancelAfter: (1 - rank) * window, by: buyer)
            return (order, ticket)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }

      var complete: Set<String> = []
      for (order, ticket) in orders {
        let status = try await eventually("order \(order) is final", within: 60) {
          let status = try await purchase.status(order)
          return status == "complete" || status == "cancelled" ? status : nil
        }
        try await purchase.waitFor(ticket, listed: status == "cancelled", within: 60)
        if status == "complete" { complete.insert(order) }
      }
      #expect(!complete.isEmpty && complete.count < Self.races, "a race that one side always wins is none")
      #expect(try await Ledger(redisPort: redis).paidOrders == complete)
    }
  }

  /// Reserves a ticket; then pays and cancels, each after its seconds.
  private static func race(
    for ticket: String, payAfter: Double, cancelAfter: Double, by buyer: APIClient
  ) async throws -> String {
    var client = buyer
    let created = try await client.send("POST", "/api/orders", ["ticketId": ticket], timeout: .seconds(60))
    try #require(created.status == 201)
    let order = try #require(created["id"])
    async let paid = answer(after: payAfter, by: buyer) { client in
      try await client.send("POST", "/api/payments", ["token": "tok_visa", "orderId": order], timeout: .seconds(60))
    }
    async let cancelled = answer(after: cancelAfter, by: buyer) { client in
      try await client.send("DELETE", "/api/orders/\(order)", timeout: .seconds(60))
    }
    #expect([201, 202, 400].contains(try await paid))
    #expect([204, 400].contains(try await cancelled))
    return order
  }

  private static func answer(
    after seconds: Double, by buyer: APIClient, _ request: (inout APIClient) async throws -> APIClient.Answer
  ) async throws -> Int {
    try await Task.sleep(for: .seconds(seconds))
    var client = buyer
    return try await request(&client).status
  }
}
