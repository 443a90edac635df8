import HTTPTypes
import RPC
import Testing

@Suite struct PageTests {
  @Test func `fifty tickets are one small page, and more are another`() async throws {
    try await withShop { ann, _ in
      #expect(try await ann.get("/").text.contains("nothing for sale"))
      try await ann.signUp("ann")
      for number in 1...51 { _ = try await ann.sell("A ticket of some length, number \(number)") }
      let first = try await ann.get("/")
      #expect(first.body.readableBytes < 30_000)
      #expect(first.text.contains("number 51<") && !first.text.contains("number 1<"))
      let next = try #require(first.text.firstMatch(of: #/href="(\/\?cursor=[^"]+)"/#)).1
      #expect(try await ann.get(String(next)).text.contains("number 1<"))
    }
  }

  @Test func `files are sent compressed to whoever takes that`() async throws {
    try await withShop { ann, _ in
      let path = try #require(try await ann.get("/").text.firstMatch(of: #/"(\/static\/[^"]+\.css)"/#)).1
      let plain = try await ann.get(String(path), [:])
      #expect(plain.headers[.contentEncoding] == nil && plain.headers[.vary] == "Accept-Encoding")
      let gzipped = try await ann.get(String(path), [.acceptEncoding: "br, GZIP;q=0.5"])
      #expect(gzipped.headers[.contentEncoding] == "gzip" && gzipped.headers[.vary] == "Accept-Encoding")
      #expect(gzipped.body.readableBytes < plain.body.readableBytes / 2)
      #expect(gzipped.body.readableBytesView.starts(with: [0x1f, 0x8b]))
      // Another form is another answer (RFC 9110, 8.8.3.3).
      let tag = try #require(gzipped.headers[.eTag])
      #expect(tag != plain.headers[.eTag])
      let known: HTTPFields = [.ifNoneMatch: tag, .acceptEncoding: "gzip"]
      #expect(try await ann.get(String(path), known).status == .notModified)
      #expect(try await ann.get(String(path), [.ifNoneMatch: tag]).status == .ok)
      for refusal in ["gzip;q=0", "gzip; q=0.000", "br", "x-gzip-not", "*"] {
        #expect(try await ann.get(String(path), [.acceptEncoding: refusal]).headers[.contentEncoding] == nil)
      }
    }
  }

  @Test func `the list of what is for sale is sent again only when it has changed`() async throws {
    try await withShop { ann, shop in
      try await ann.signUp("ann")
      for number in 1...51 { _ = try await ann.sell("Ticket \(number)") }
      let page = try await ann.get("/")
      let path = try #require(page.text.firstMatch(of: #/data-live="([^"]+)"/#)).1
      let list = try await ann.other().get(String(path))
      #expect(page.text.contains(list.text) && list.text.contains("The newest 50 tickets"))
      #expect(!list.text.contains("csrf") && list.headers[.setCookie] == nil)
      let tag = try #require(list.headers[.eTag])
      let again = try await ann.get(String(path), [.ifNoneMatch: tag])
      #expect(again.status == .notModified && again.body.readableBytes == 0)
      shop.tickets.reserve("01JATICKET10050", by: "01JAORDER10000")
      let changed = try await ann.get(String(path), [.ifNoneMatch: tag])
      #expect(changed.status == .ok && !changed.text.contains("Ticket 51<") && changed.text.contains("50 tickets for"))
      let older = try await ann.get("/?cursor=01JATICKET10002")
      #expect(older.text.contains("2 older tickets"))
      #expect(older.text.contains(#"data-live="/tickets/available?cursor=01JATICKET10002""#))
    }
  }

  @Test func `unknown paths answer a page to browsers and JSON to programs`() async throws {
    try await withShop { ann, _ in
      let page = try await ann.get("/nothing")
      #expect(page.status == .notFound && page.text.contains("<html"))
      for path in ["/nothing", "/api/nothing"] {
        let json = try await ann.get(path, [.accept: "application/json"])
        #expect(json.status == .notFound && json.text.hasPrefix("{\"errors\""))
      }
      #expect(try await ann.get("/api/nothing").text.hasPrefix("{\"errors\""))
      let ticket = try await ann.get("/tickets/unknown", [:])
      #expect(ticket.status == .notFound && ticket.text.contains("<html"))
    }
  }

  @Test func `a fault is a page with the request's id and nothing else of it`() async throws {
    try await withShop { ann, shop in
      shop.calls.fail(with: RPCError(.internal, "the secret of it"))
      let page = try await ann.get("/")
      #expect(page.status == .internalServerError)
      #expect(!page.text.contains("secret") && page.text.contains("give this number"))
      shop.calls.fail(with: RPCError(.unavailable, "10.0.0.1 refused"))
      #expect(try await ann.get("/").status == .serviceUnavailable)
    }
  }

  @Test func `files are kept for ever under their hash and served from elsewhere while it changes`() async throws {
    try await withShop { ann, _ in
      let page = try await ann.get("/")
      let path = try #require(page.text.firstMatch(of: #/href="(\/static\/[0-9a-f]+)\/storefront.css"/#)).1
      let file = try await ann.get("\(path)/storefront.css")
      #expect(file.status == .ok && file.headers[.contentType] == "text/css; charset=utf-8")
      #expect(file.headers[.cacheControl] == "public, max-age=31536000, immutable")
      let tag = try #require(file.headers[.eTag])
      #expect(try await ann.get("\(path)/storefront.css", [.ifNoneMatch: tag]).status == .notModified)
      #expect(try await ann.get("/static/0/storefront.css").headers[.cacheControl] == "no-cache")
      #expect(try await ann.get("\(path)/unknown.css").status == .notFound)
    }
  }
}
