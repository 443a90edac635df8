import Foundation
import ProcessTestSupport
import RedisTestSupport
import Testing

/// What the buyer saw is what the buyer pays, while its seller changes the price, with two processes of every service.
@Suite struct SeenPriceTests {
  private static let races = 200
  private static let (old, new) = (10, 99)

  @Test func `raced against an edit, nobody buys at another price than they saw`() async throws {
    try await withPlatform { purchase in
      var tickets: [String] = []
      for number in 0..<Self.races { tickets.append(try await purchase.sell("Ticket \(number)", Double(Self.old))) }
      // Another, for it is reserved and freed by that, and so no longer at its first version.
      try await purchase.waitUntilKnown(try await purchase.sell("Known after them"))
      var outcomes: [Outcome: Int] = [:]
      for (number, ticket) in tickets.enumerated() {
        outcomes[try await Self.race(number, for: ticket, purchase), default: 0] += 1
      }
      print("edits raced against purchases:", outcomes.map { "\($0.rawValue) \($1)" }.sorted())
      #expect(outcomes[.boughtAtOld, default: 0] > 0 && outcomes[.boughtAtNew, default: 0] > 0)
      #expect(outcomes[.editCameTooLate, default: 0] < Self.races, "a race that one side always wins is none")
    }
  }

  /// Who has read the answer to an edit buys at once, wherever its event is by then.
  @Test func `who saw a price that orders has not heard of yet buys at that price`() async throws {
    try await withPlatform { purchase in
      let ticket = try await purchase.sell("Concert", Double(Self.old))
      try await purchase.waitUntilKnown(ticket)
      var (seller, buyer) = (purchase.seller, purchase.buyer)
      for price in 0..<100 {
        let edited = try await seller.send(
          "PUT", "/api/tickets/\(ticket)", ["title": "Concert", "price": price + Self.new])
        // The order before this one is not off the ticket yet.
        guard edited.status == 200 else {
          #expect(edited["errors"]?.contains("TICKET_RESERVED") == true)
          continue
        }
        let version = try #require(edited.object["version"] as? Int)
        let bought = try await buyer.send(
          "POST", "/api/orders", ["ticketId": ticket, "price": price + Self.new, "version": version])
        #expect(bought.status == 201, "\(bought.object)")
        #expect(try Self.price(bought) == price + Self.new)
        #expect(try await buyer.send("DELETE", "/api/orders/\(bought.created)").status == 204)
        try await purchase.waitFor(ticket, listed: true)
      }
    }
  }

  @Test func `nobody orders their own ticket, and no edit is lost to another`() async throws {
    try await withPlatform { purchase in
      let ticket = try await purchase.sell("Concert", Double(Self.old))
      try await purchase.waitUntilKnown(try await purchase.sell("Known after it"))
      let seller = purchase.seller
      var owner = seller
      let own = try await owner.send("POST", "/api/orders", ["ticketId": ticket])
      #expect(own.status == 400 && own["errors"]?.contains("OWN_TICKET") == true)
      // Ten windows of the same page: one of them is the first.
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for price in 1...10 {
          group.addTask {
            var seller = seller
            let change: [String: Any] = ["title": "Concert", "price": price, "version": 0]
            return try await seller.send("PUT", "/api/tickets/\(ticket)", change).status
          }
        }
        return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
      }
      #expect(statuses == [200: 1, 412: 9])
    }
  }

  private enum Outcome: String {
    /// Its buyer saw the old price.
    case boughtAtOld
    /// Its buyer was refused, was told the new price, and agreed.
    case boughtAtNew
    /// The ticket was reserved.
    case editCameTooLate
  }

  /// An edit from the old price to the new, and a purchase by who saw the old one, in either order.
  private static func race(_ number: Int, for ticket: String, _ purchase: Purchase) async throws -> Outcome {
    let (seller, buyer) = (purchase.seller, purchase.buyer)
    async let edit = {
      var seller = seller
      try await Task.sleep(for: .milliseconds(number % 4))
      return try await seller.send("PUT", "/api/tickets/\(ticket)", ["title": "Dear", "price": new]).status
    }()
    var client = buyer
    try await Task.sleep(for: .milliseconds(number % 7))
    let first = try await client.send("POST", "/api/orders", ["ticketId": ticket, "price": old, "version": 0])
    let edited = try await edit
    if first.status == 201 {
      #expect(try price(first) == old)
      return edited == 200 ? .boughtAtOld : .editCameTooLate
    }
    #expect(first.status == 409)
    let refusal = try #require((first.object["errors"] as? [[String: Any]])?.first)
    #expect(refusal["code"] as? String == "PRICE_CHANGED")
    #expect(refusal["price"] as? Int == new && refusal["version"] as? Int == 1)
    let second = try await client.send("POST", "/api/orders", ["ticketId": ticket, "price": new, "version": 1])
    #expect(second.status == 201)
    #expect(try price(second) == new)
    return .boughtAtNew
  }

  private static func price(_ order: APIClient.Answer) throws -> Int {
    try #require((order.object["ticket"] as? [String: Any])?["price"] as? Int)
  }

  private func withPlatform(_ body: (inout Purchase) async throws -> Void) async throws {
    try await withRedisServer { redis in
      let platform = try await Platform.start(
        redis: redis, ["RATE_LIMIT_SIGNUP_PER_MINUTE": "0"], copies: [.tickets: 2, .orders: 2])
      try await APIClient(port: platform.port).waitUntilReady(try platform.gateway)
      var purchase = try await Purchase(port: platform.port)
      try await body(&purchase)
      #expect(await platform.stop().allSatisfy { $0 == 0 })
    }
  }
}
