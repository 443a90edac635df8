import HTTPTypes
import Money
import Testing

@testable import Storefront

@Suite struct FormTests {
  @Test func `errors stand beside their fields and what was typed is kept`() async throws {
    try await withShop { ann, shop in
      let refused = try await ann.post("/auth/signup", ["email": "not one", "password": "secret7", "next": "/"])
      #expect(refused.status == .badRequest)
      #expect(refused.text.contains(#"id="email-error">Email must be valid"#))
      #expect(refused.text.contains(#"id="password-error""#))
      #expect(refused.text.contains(#"value="not one""#) && !refused.text.contains("secret7"))

      try await ann.signUp("ann")
      let ticket = try await ann.post("/tickets/new", ["title": " ", "price": "12,5"])
      #expect(ticket.status == .badRequest && shop.tickets.count == 0)
      #expect(ticket.text.contains("Title is required") && ticket.text.contains("Price must be a number"))
      #expect(ticket.text.contains(#"value="12,5""#))
    }
  }

  @Test func `a wrong password is said, and kept nowhere`() async throws {
    try await withShop { ann, _ in
      let answer = try await ann.post("/auth/signin", ["email": "a@example.com", "password": "wrong horse"])
      #expect(answer.status == .badRequest && answer.text.contains("Invalid credentials"))
      #expect(!answer.text.contains("wrong horse") && answer.text.contains(#"value="a@example.com""#))
    }
  }

  @Test func `a ticket is edited by its owner only`() async throws {
    try await withShop { ann, _ in
      try await ann.signUp("ann")
      let ticket = try await ann.sell("Opera", price: "50")
      #expect(try await ann.get("\(ticket)/edit").text.contains(#"value="50.00""#))
      #expect(
        try await ann.post("\(ticket)/edit", ["title": "Opera, row 1", "price": "75"]).headers[.location] == ticket)
      #expect(try await ann.get(ticket).text.contains("Opera, row 1"))
      let bob = ann.other()
      try await bob.signUp("bob")
      #expect(try await bob.get("\(ticket)/edit").status == .forbidden)
    }
  }

  @Test func `prices are in the shop's currency`() async throws {
    try await withShop(currency: try #require(Currency(code: "jpy"))) { ann, _ in
      try await ann.signUp("ann")
      let form = try await ann.get("/tickets/new").text
      #expect(form.contains(#"data-money="¥" data-decimals="0""#) && form.contains(#"placeholder="50""#))
      let refused = try await ann.post("/tickets/new", ["title": "Opera", "price": "12.5"])
      #expect(refused.status == .badRequest && refused.text.contains("Price must be a whole number"))
      let cheap = try await ann.post("/tickets/new", ["title": "Opera", "price": "5"])
      #expect(cheap.status == .badRequest && cheap.text.contains("Price must be at least 50"))
      let ticket = try await ann.sell("Opera", price: "¥1500")
      #expect(try await ann.get(ticket).text.contains("¥1,500"))
      #expect(try await ann.get("/").text.contains("¥1,500"))
      #expect(try await ann.get("\(ticket)/edit").text.contains(#"value="1500""#))
    }
  }

  @Test func `a form posted twice makes one ticket`() async throws {
    try await withShop { ann, shop in
      try await ann.signUp("ann")
      let page = try await ann.get("/tickets/new")
      let form = [
        "csrf": try #require(page.hidden("csrf")), "key": try #require(page.hidden("key")), "title": "One",
        "price": "1",
      ]
      let answers = [try await ann.postRaw("/tickets/new", form), try await ann.postRaw("/tickets/new", form)]
      #expect(answers[0].headers[.location] == answers[1].headers[.location] && shop.tickets.count == 1)
    }
  }

  @Test func `signing in leads back, and signing out ends the session`() async throws {
    try await withShop { ann, _ in
      try await ann.signUp("ann")
      #expect(try await ann.get("/").text.contains("ann@example.com"))
      #expect(try await ann.post("/auth/signout", from: "/").headers[.location] == "/")
      #expect(try await !ann.get("/").text.contains("ann@example.com"))
      let sent = try await ann.get("/orders?cursor=01JA")
      #expect(sent.status == .seeOther && sent.headers[.location] == "/auth/signin?next=/orders%3Fcursor%3D01JA")
      let page = try await ann.get("/auth/signin?next=/orders%3Fcursor%3D01JA")
      let next = try #require(page.hidden("next"))
      let answer = try await ann.post(
        "/auth/signin", ["email": "ann@example.com", "password": "correct horse", "next": next])
      #expect(answer.headers[.location] == "/orders?cursor=01JA")
    }
  }

  @Test(arguments: [
    "https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "", "evil",
    "/%0d%0a\r\nSet-Cookie: a=b", "/auth/signin",
  ])
  func `nobody is led to another site`(next: String) async throws {
    #expect(ReturnPath(next).path == "/")
    try await withShop { ann, _ in
      let answer = try await ann.post(
        "/auth/signup", ["email": "ann@example.com", "password": "correct horse", "next": next])
      #expect(answer.status == .seeOther && answer.headers[.location] == "/")
    }
  }
}
