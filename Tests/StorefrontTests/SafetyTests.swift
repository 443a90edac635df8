import HTTPTypes
import Testing

@testable import Storefront

@Suite struct SafetyTests {
  /// The last two are one character each to Swift where markup is: behind a prepended mark, before an accent.
  @Test(arguments: [
    "<script>alert(1)</script>", "\"><b>", "x' onfocus='y", "\u{600}<script>alert(1)\u{600}</script>",
    "x\"\u{301} onfocus=\u{301}",
  ])
  func `whatever a ticket is called, it stays text`(title: String) async throws {
    try await withShop { ann, _ in
      try await ann.signUp("ann")
      let ticket = try await ann.sell(title)
      for path in ["/", ticket, "\(ticket)/edit"] {
        let html = try await ann.get(path).text
        #expect(html.utf8.count > 500)
        #expect(!html.unicodeScalars.contains(scalars: title))
        #expect(html.unicodeScalars.contains(scalars: HTMLEscaping().escapeText(title)), "\(path)")
        #expect(!html.unicodeScalars.contains(scalars: "<script>"))
      }
    }
  }

  @Test func `what was typed stays text`() async throws {
    try await withShop { ann, _ in
      let answer = try await ann.post(
        "/auth/signin", ["email": #""><script>alert(1)</script>"#, "password": "x", "next": "/\"><script>"])
      #expect(!answer.text.contains("<script>"))
    }
  }

  @Test func `a form without its token is refused`() async throws {
    try await withShop { ann, shop in
      try await ann.signUp("ann")
      let form = ["title": "Forged", "price": "1"]
      #expect(try await ann.postRaw("/tickets/new", form).status == .forbidden)
      var guessed = form
      guessed["csrf"] = String(repeating: "0", count: 32)
      #expect(try await ann.postRaw("/tickets/new", guessed).status == .forbidden)
      let foreign = try await ann.post("/tickets/new", form, [.origin: "https://evil.example"])
      #expect(foreign.status == .forbidden && foreign.text.contains("<html"))
      #expect(shop.tickets.count == 0)
    }
  }

  @Test func `pages forbid scripts of their own and are not kept`() async throws {
    try await withShop { ann, _ in
      let page = try await ann.get("/")
      let policy = try #require(page.headers[.contentSecurityPolicy])
      #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
      #expect(policy.contains("style-src 'self' https://cdn.jsdelivr.net"))
      #expect(page.text.contains("integrity=\"sha384-"))
      #expect(page.headers[.cacheControl] == "no-store")
      #expect(!page.text.contains("style=") && !page.text.contains("onclick"))
    }
  }

  @Test func `cookies are for TLS only where there is some`() async throws {
    try await withShop(secureCookies: true) { ann, _ in
      let cookie = try #require(try await ann.get("/").headers[.setCookie])
      #expect(cookie.hasPrefix("__Host-csrf=") && cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Lax; Secure"))
      try await ann.signUp("ann")
      #expect(ann.cookies["session"] != nil)
    }
  }
}

extension String.UnicodeScalarView {
  /// `String.contains` goes by characters, which is how the second half of the titles would pass.
  func contains(scalars text: String) -> Bool { Array(self).firstRange(of: Array(text.unicodeScalars)) != nil }
}
