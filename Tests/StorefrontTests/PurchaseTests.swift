import HummingbirdTesting
import Testing
import TicketingProto

@Suite struct PurchaseTests {
  @Test func `who is quicker than the news of a ticket may try again, where it is`() async throws {
    try await withShop { seller, shop in
      try await seller.signUp("seller")
      let ticket = try await seller.sell("Concert", price: "20")
      let buyer = seller.other()
      try await buyer.signUp("buyer")
      shop.orders.hearOfTickets(false)
      let early = try await buyer.post("\(ticket)/buy", from: ticket, [:])
      #expect(early.status == .serviceUnavailable)
      #expect(early.text.contains("only a moment ago. Try again."))
      shop.orders.hearOfTickets(true)
      let order = try await buyer.buy(ticket)
      #expect(order.hasPrefix("/orders/"))
    }
  }

  @Test func `two people sell and buy a ticket without scripts`() async throws {
    try await withShop { seller, shop in
      try await seller.signUp("seller")
      let ticket = try await seller.sell("Concert Ticket", price: "$1234.5")
      #expect(try await seller.get(ticket).text.contains("\(ticket)/edit"))
      let buyer = seller.other()
      #expect(try await buyer.get("/").text.contains("$1,234.50"))
      #expect(try await buyer.get(ticket).text.contains("Sign in to buy"))
      try await buyer.signUp("buyer")
      let order = try await buyer.buy(ticket)
      let page = try await buyer.get(order)
      #expect(page.text.contains("data-countdown") && page.text.contains("tok_visa"))

      let declined = try await buyer.post("\(order)/pay", from: order, ["token": "tok_chargeDeclined"])
      #expect(declined.status == .badRequest)
      #expect(declined.text.contains(#"id="token-error" role="alert" tabindex="-1">Your card was declined."#))
      #expect(declined.text.contains(#"value="tok_chargeDeclined" checked"#))

      let paid = try await buyer.post("\(order)/pay", from: order, ["token": "tok_visa"])
      #expect(paid.status == .seeOther && paid.headers[.location] == order)
      shop.orders.set(String(order.split(separator: "/")[1]), .awaitingPayment)
      #expect(try await buyer.get(order).text.contains("being confirmed"))
      shop.orders.set(String(order.split(separator: "/")[1]), .complete)
      #expect(try await buyer.get(order).text.contains("The ticket is yours."))
      #expect(try await buyer.get("/orders").text.contains("Paid"))
    }
  }

  @Test func `a price that has changed since is shown, and asked for again`() async throws {
    try await withShop { seller, shop in
      try await seller.signUp("seller")
      // Every order costs 50 with this double.
      let ticket = try await seller.sell("Concert", price: "20")
      let buyer = seller.other()
      try await buyer.signUp("buyer")
      let page = try await buyer.get(ticket).text
      #expect(page.contains(#"name="price" value="2000""#) && page.contains(#"name="version" value="0""#))
      let edited = try await seller.post(
        "\(ticket)/edit", from: "\(ticket)/edit", ["title": "Concert", "price": "50", "version": "0"])
      #expect(edited.status == .seeOther)
      let asked = try await buyer.post("\(ticket)/buy", from: ticket, ["price": "2000", "version": "0"])
      #expect(asked.status == .conflict)
      #expect(asked.text.contains("changed from $20.00 to $50.00"))
      #expect(asked.text.contains(#"name="price" value="5000""#) && asked.text.contains(#"name="version" value="1""#))
      let bought = try await buyer.post("\(ticket)/buy", from: ticket, ["price": "5000", "version": "1"])
      #expect(bought.status == .seeOther)
      #expect(shop.orders.seenVersions.withLock { $0 } == [1])
    }
  }

  @Test(arguments: [[:], ["price": "5000"], ["version": "0"], ["price": "0", "version": "0"]] as [[String: String]])
  func `a form that does not say what was seen is asked again`(seen: [String: String]) async throws {
    try await withShop { seller, shop in
      try await seller.signUp("seller")
      let ticket = try await seller.sell("Concert", price: "50")
      let buyer = seller.other()
      try await buyer.signUp("buyer")
      let form = ["csrf": try #require(try await buyer.get(ticket).hidden("csrf"))].merging(seen) { $1 }
      let asked = try await buyer.postRaw("\(ticket)/buy", form)
      #expect(asked.status == .conflict && asked.text.contains("Buy it as it is now?"))
    }
  }

  @Test func `who reserves and gives back does not disturb an edit`() async throws {
    try await withShop { seller, shop in
      try await seller.signUp("seller")
      let ticket = try await seller.sell("Concert", price: "20")
      let form = "\(ticket)/edit"
      let page = try await seller.get(form)
      #expect(page.hidden("shownTitle") == "Concert" && page.hidden("shownPrice") == "2000")
      let shown = ["version": "0", "shownTitle": "Concert", "shownPrice": "2000"]
      let id = String(ticket.split(separator: "/")[1])
      shop.tickets.reserve(id, by: "01JAORDER10000")
      let reserved = try await seller.post(form, from: form, shown.merging(["title": "Opera", "price": "30"]) { $1 })
      #expect(reserved.status == .preconditionFailed && reserved.text.contains("Somebody is buying"))
      shop.tickets.free(id)
      let edited = try await seller.post(form, from: form, shown.merging(["title": "Opera", "price": "30"]) { $1 })
      #expect(edited.status == .seeOther)
      #expect(try await seller.get(ticket).text.contains("Opera"))
      // Now what the page showed is no longer so.
      let outdated = try await seller.post(form, from: form, shown.merging(["title": "Ballet", "price": "40"]) { $1 })
      #expect(outdated.status == .preconditionFailed && outdated.text.contains("Opera, $30.00"))
    }
  }

  @Test func `an edit of an outdated page shows what is there beside what was wanted`() async throws {
    try await withShop { seller, _ in
      try await seller.signUp("seller")
      let ticket = try await seller.sell("Concert", price: "20")
      let form = "\(ticket)/edit"
      #expect(try await seller.get(form).text.contains(#"name="version" value="0""#))
      func save(_ title: String, _ version: String) async throws -> TestResponse {
        try await seller.post(form, from: form, ["title": title, "price": "30", "version": version])
      }
      #expect(try await save("Opera", "0").status == .seeOther)
      let outdated = try await save("Ballet", "0")
      #expect(outdated.status == .preconditionFailed)
      #expect(outdated.text.contains("Opera, $30.00") && outdated.text.contains("Ballet, $30.00"))
      #expect(outdated.text.contains(#"name="version" value="1""#) && outdated.text.contains(#"value="Ballet""#))
      #expect(try await save("Ballet", "1").status == .seeOther)
      #expect(try await seller.get(ticket).text.contains("Ballet"))
    }
  }

  @Test func `a seller sees what became of each ticket`() async throws {
    try await withShop { ann, shop in
      #expect(try await ann.get("/tickets/mine").headers[.location] == "/auth/signin?next=/tickets/mine")
      try await ann.signUp("ann")
      #expect(try await ann.get("/tickets/mine").text.contains("not offered anything"))
      let titles = ["For sale", "Reserved", "Sold"]
      for title in titles {
        let id = try await ann.sell("A ticket \(title)").split(separator: "/")[1]
        if title != "For sale" { shop.tickets.reserve(String(id), by: "01JAORDER10000") }
        if title == "Sold" { shop.tickets.sell(String(id)) }
      }
      let page = try await ann.get("/tickets/mine").text
      for title in titles {
        let item = try #require(page.firstRange(of: ">A ticket \(title)<")).lowerBound
        #expect(page[item...].firstMatch(of: #/badge[^>]*>([^<]+)</#)?.1 == title[...])
      }
      let bob = ann.other()
      try await bob.signUp("bob")
      #expect(try await bob.get("/tickets/mine").text.contains("not offered anything"))
      #expect(try await bob.get("/tickets/01JATICKET10002").text.contains("This ticket is sold."))
      #expect(try await bob.get("/tickets/01JATICKET10001").text.contains("Somebody is buying"))
    }
  }

  @Test func `a second buyer is told that the ticket is reserved`() async throws {
    try await withShop { ann, _ in
      try await ann.signUp("ann")
      let ticket = try await ann.sell()
      let bob = ann.other()
      try await bob.signUp("bob")
      _ = try await bob.buy(ticket)
      let late = ann.other()
      try await late.signUp("late")
      let refused = try await late.post("\(ticket)/buy", from: ticket, ["price": "5000"])
      #expect(refused.status == .badRequest && refused.text.contains("Ticket is already reserved"))
    }
  }

  @Test func `a refused card is said on a page where another one can be taken`() async throws {
    try await withShop { ann, shop in
      try await ann.signUp("ann")
      let order = try await ann.buy("/tickets/01JATICKET10000", from: "/tickets/new")
      let id = String(order.split(separator: "/")[1])
      let page = try await ann.get(order)
      let form = ["csrf": try #require(page.hidden("csrf")), "token": "tok_chargeDeclined"]
      shop.orders.set(id, .awaitingPayment)
      async let late: Void = {
        // The order hears of it when the page has begun to look.
        let calls = shop.calls.all.count
        for _ in 0..<6000 where shop.calls.all.count < calls + 4 { try await Task.sleep(for: .milliseconds(5)) }
        shop.orders.set(id, .created)
      }()
      let declined = try await ann.postRaw("\(order)/pay", form)
      try await late
      #expect(declined.text.contains("Your card was declined.") && declined.text.contains("data-countdown"))
    }
  }

  @Test func `an order can be cancelled, and is nobody else's`() async throws {
    try await withShop { ann, _ in
      try await ann.signUp("ann")
      let ticket = try await ann.sell()
      let bob = ann.other()
      try await bob.signUp("bob")
      let order = try await bob.buy(ticket)
      let foreign = try await ann.get(order)
      #expect(foreign.status == .forbidden && foreign.text.contains("another account"))
      #expect(try await bob.post("\(order)/cancel", from: order).headers[.location] == order)
      #expect(try await bob.get(order).text.contains("You cancelled this order"))
    }
  }

  @Test func `a card must be chosen`() async throws {
    try await withShop { ann, _ in
      try await ann.signUp("ann")
      let order = try await ann.buy("/tickets/01JATICKET10000", from: "/tickets/new")
      let answer = try await ann.post("\(order)/pay", from: order, ["token": ""])
      #expect(answer.status == .badRequest && answer.text.contains("Choose a card"))
    }
  }
}
