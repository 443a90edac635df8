import HTTPTypes
import Hummingbird
import Testing

@testable import Gateway

@Suite struct `The origin of a write` {
  private func isAllowed(_ method: HTTPRequest.Method, host: String?, origin: String?) -> Bool {
    var fields = HTTPFields()
    fields[.origin] = origin
    let head = HTTPRequest(method: method, scheme: "http", authority: host, path: "/", headerFields: fields)
    let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
    let policy = OriginPolicy(allowed: Set(["https://shop.example"].compactMap { Origin($0) }))
    return (try? policy.check(request)) != nil
  }

  @Test(
    arguments: [
      ("tickets.example", nil), ("tickets.example", "https://tickets.example"),
      ("tickets.example", "http://tickets.example"),
      ("tickets.example:443", "https://tickets.example"), ("tickets.example", "https://tickets.example:443"),
      ("localhost:3000", "http://localhost:3000"), ("LocalHost:3000", "http://localhost:3000"),
      ("[::1]:3000", "http://[::1]:3000"), ("[::1]", "http://[::1]"), ("other", "https://shop.example"),
    ] as [(String?, String?)])
  func `may be the host itself or a listed one`(host: String?, origin: String?) {
    #expect(isAllowed(.post, host: host, origin: origin))
  }

  @Test(
    arguments: [
      ("tickets.example", "https://evil.example"), ("tickets.example", "null"), ("tickets.example", ""),
      ("tickets.example", "https://tickets.example.evil.example"), ("tickets.example", "https://eviltickets.example"),
      ("tickets.example", "https://tickets.example@evil.example"), ("tickets.example", "ftp://tickets.example"),
      ("tickets.example", "https://tickets.example:8443"), ("tickets.example:8443", "https://tickets.example"),
      ("localhost:3000", "http://localhost:3001"), ("localhost:3000", "http://localhost"),
      ("tickets.example", "https://tickets.example:x"), ("tickets.example", "https://tickets.example:99999"),
      ("tickets.example", "https://tickets.example, https://evil.example"), (nil, "https://tickets.example"),
      ("tickets.example", "https://"), ("other", "http://shop.example"), ("dev.example", "http://dev.example:8080"),
    ] as [(String?, String?)])
  func `may be nobody else's`(host: String?, origin: String?) {
    #expect(!isAllowed(.post, host: host, origin: origin))
    #expect(!isAllowed(.put, host: host, origin: origin))
    #expect(!isAllowed(.delete, host: host, origin: origin))
  }

  @Test(arguments: [
    "nonsense", "http://dev.example:8080/", "https://*.example", "https://shöp.example", "shop.example", "https://",
    "https://shop.example/path", "ftp://shop.example", "https://shop.example:port", "null", "*",
  ])
  func `is none where it is malformed`(text: String) {
    #expect(Origin(text) == nil)
  }

  @Test func `does not matter to a read`() {
    #expect(isAllowed(.get, host: "tickets.example", origin: "https://evil.example"))
    #expect(isAllowed(.head, host: "tickets.example", origin: "null"))
  }
}
