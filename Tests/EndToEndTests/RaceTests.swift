import Foundation
import Testing

/// Pay, cancel and expire, all at once, over HTTP: whoever comes first decides, and money follows the ticket.
@Suite struct RaceTests {
  private static let races = 240

  @Test func `pay, cancel and expire raced against each other always settle`() async throws {
    let window = 4
    try await withUp(["EXPIRATION_WINDOW_SECONDS": "\(window)"]) { purchase, port in
      var tickets: [String] = []
      for number in 0..<Self.races { tickets.append(try await purchase.sell("Ticket \(number)")) }
      // The last one is known once the first order for it is taken.
      var orders: [(order: String, ticket: String)] = []
      for ticket in tickets.reversed() { orders.append((try await purchase.order(ticket), ticket)) }

      let buyer = purchase.buyer
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (index, order) in orders.enumerated() {
          // Some long before the time is over, some just when it is; who is first differs from one to the next.
          let rank = Double(index) / Double(Self.races)
          for path in ["pay", "cancel"] {
            group.addTask {
              var buyer = buyer
              let late = path == "pay" ? rank : 1 - rank
              try await Task.sleep(for: .milliseconds(Int(late * 1000 * Double(window))))
              let answer =
                path == "pay"
                ? try await buyer.send(
                  "POST", "/api/payments", ["token": "tok_visa", "orderId": order.order], timeout: .seconds(60))
                : try await buyer.send("DELETE", "/api/orders/\(order.order)", timeout: .seconds(60))
              #expect([201, 202, 204, 400].contains(answer.status), "\(path): \(answer.status)")
            }
          }
        }
        try await group.waitForAll()
      }

      var complete = 0
      for (order, ticket) in orders {
        let status = try await eventually("order \(order) is final", within: 60) {
          let status = try await purchase.status(order)
          return status == "complete" || status == "cancelled" ? status : nil
        }
        try await purchase.waitFor(ticket, listed: status == "cancelled", within: 60)
        if status == "complete" { complete += 1 }
      }
      #expect(complete > 0 && complete < Self.races, "a race that one side always wins is none")
    }
  }
}
