import HTTPTypes
import HummingbirdTesting
import RPC
import ServiceDoubles
import Testing

@testable import Gateway

@Suite struct `/api/tickets` {
  static let concert = #"{"title":"Concert Ticket","price":50}"#

  @Test(arguments: Transport.allCases) func `creates, shows, changes and lists a ticket`(transport: Transport)
    async throws
  {
    try await withGateway(transport) { client, _ in
      let ann = try await client.signedUp()
      let created = try await ann.send(.post, "/api/tickets", Self.concert)
      #expect(created.code == 201)
      #expect(
        created.text
          == #"{"id":"01JATICKET10000","title":"Concert Ticket","price":50,"userId":"01JAUSER1000","version":0}"#)

      let shown = try await client.send(.get, "/api/tickets/01JATICKET10000")
      #expect(shown.code == 200)
      #expect(
        shown.text == #"{"id":"01JATICKET10000","title":"Concert Ticket","price":50,"userId":"01JAUSER1000","#
          + #""orderId":null,"version":0}"#)

      let changed = try await ann.send(
        .put, "/api/tickets/01JATICKET10000", #"{"title":"Updated Title","price":"12.50"}"#)
      #expect(changed.code == 200)
      #expect(
        changed.text
          == #"{"id":"01JATICKET10000","title":"Updated Title","price":12.5,"userId":"01JAUSER1000","version":1}"#)

      let listed = try await client.send(.get, "/api/tickets")
      #expect(listed.code == 200)
      #expect(listed.text == "[\(changed.text)]")
      #expect(listed.headers[.link] == nil)
    }
  }

  @Test(arguments: Transport.allCases) func `shows the order that holds a ticket`(transport: Transport) async throws {
    try await withGateway(transport) { client, platform in
      let ann = try await client.signedUp()
      let id = try await ann.createdTicket()
      platform.tickets.reserve(id, by: "01JAORDER")
      let shown = try await client.send(.get, "/api/tickets/\(id)")
      #expect(shown.text.contains(#""orderId":"01JAORDER","version":1}"#))
      #expect(try await client.send(.get, "/api/tickets").text == "[]")
      let change = try await ann.send(.put, "/api/tickets/\(id)", Self.concert)
      #expect(change.code == 400)
      #expect(change.text.contains(#""code":"TICKET_RESERVED""#))
    }
  }

  @Test(arguments: Transport.allCases) func `lets nobody sell or change unless signed in, and only one's own`(
    transport: Transport
  ) async throws {
    try await withGateway(transport) { client, platform in
      let ann = try await client.signedUp("ann")
      let bob = try await client.signedUp("bob")
      let id = try await ann.createdTicket()
      #expect(try await client.send(.post, "/api/tickets", Self.concert).code == 401)
      #expect(try await client.send(.put, "/api/tickets/\(id)", Self.concert).code == 401)
      // Who nobody is comes before what the body is.
      #expect(try await client.send(.post, "/api/tickets", "garbage").code == 401)
      let foreign = try await bob.send(.put, "/api/tickets/\(id)", Self.concert)
      #expect(foreign.code == 401)
      #expect(foreign.text == #"{"errors":[{"message":"Not authorized","code":"NOT_OWNER"}]}"#)
      #expect(platform.tickets.count == 1)
    }
  }

  @Test(arguments: Transport.allCases) func `pages through the list`(transport: Transport) async throws {
    try await withGateway(transport) { client, _ in
      let ann = try await client.signedUp()
      for number in 1...5 { _ = try await ann.createdTicket("Ticket \(number)") }
      var path: String? = "/api/tickets?limit=2"
      var titles: [String] = []
      while let next = path {
        let page = try await client.send(.get, next)
        #expect(page.code == 200)
        titles += page.text.matches(of: /"title":"([^"]*)"/).map { String($0.1) }
        path = try page.headers[.link].map { link in
          let match = try #require(link.wholeMatch(of: /<([^>]*)>; rel="next"/))
          return String(match.1)
        }
        try #require(titles.count <= 5)
      }
      #expect(titles == ["Ticket 5", "Ticket 4", "Ticket 3", "Ticket 2", "Ticket 1"])
    }
  }

  @Test(arguments: [
    "limit=0", "limit=1001", "limit=-1", "limit=", "limit=abc", "limit=1.5", "limit=99999999999999999999", "limit=%00",
    "limit=+5", "limit=5%0d%0a", "limit=٥",
  ])
  func `refuses a limit that is none`(query: String) async throws {
    for transport in Transport.allCases {
      try await withGateway(transport) { client, platform in
        let answer = try await client.send(.get, "/api/tickets?\(query.asciiOnly)")
        #expect(answer.code == 400, "\(query)")
        #expect(try namedFields(answer.text) == ["limit"])
        #expect(platform.calls.all.isEmpty)
      }
    }
  }

  @Test(arguments: ["cursor=garbage", "cursor=%0d%0aX-Evil:%201", "cursor=%ff", "cursor=%", "cursor=a%00b"])
  func `leaves it to the service what a cursor is`(query: String) async throws {
    for transport in Transport.allCases {
      try await withGateway(transport) { client, _ in
        let answer = try await client.send(.get, "/api/tickets?\(query)")
        #expect(answer.code == 400)
        #expect(try namedFields(answer.text) == ["cursor"])
      }
    }
  }

  @Test(arguments: Transport.allCases) func `takes limits from 1 to 1000`(transport: Transport) async throws {
    try await withGateway(transport) { client, _ in
      for query in ["limit=1", "limit=1000", "limit=007", "", "other=1", "limit=5&limit=x"] {
        let answer = try await client.send(.get, "/api/tickets?\(query)")
        #expect(answer.code == 200, "\(query)")
      }
    }
  }

  @Test(arguments: [
    "none", "01JATICKET99999", "%0d%0aSet-Cookie:x=1", "%00", "..%2f..%2fetc", "a%20b", "%ff%fe", "%", "%zz", "a.b",
    "'%20or%201=1", "%7Bid%7D", "*", String(repeating: "A", count: 65), String(repeating: "A", count: 10_000), "-1",
    ":id",
  ])
  func `knows no ticket by a malformed or unknown id`(id: String) async throws {
    for transport in Transport.allCases {
      try await withGateway(transport) { client, _ in
        let ann = try await client.signedUp()
        for (method, body) in [(.get, nil), (.put, Self.concert)] as [(HTTPRequest.Method, String?)] {
          let answer = try await ann.send(method, "/api/tickets/\(id)", body)
          #expect(answer.code == 404, "\(id)")
          #expect(answer.text == #"{"errors":[{"message":"Ticket not found","code":"TICKET_NOT_FOUND"}]}"#)
          #expect(answer.headers[.setCookie] == nil)
        }
      }
    }
  }

  @Test(arguments: Transport.allCases) func `creates once for one Idempotency-Key`(transport: Transport) async throws {
    try await withGateway(transport) { client, platform in
      let ann = try await client.signedUp()
      let key: HTTPFields = [.idempotencyKey: "order-1"]
      let first = try await ann.send(.post, "/api/tickets", Self.concert, key)
      let second = try await ann.send(.post, "/api/tickets", Self.concert, key)
      #expect([first.code, second.code] == [201, 201])
      #expect(first.text == second.text)
      #expect(platform.tickets.count == 1)
      let other = try await ann.send(.post, "/api/tickets", #"{"title":"Another","price":50}"#, key)
      #expect(other.code == 422)
      #expect(other.text.contains(#""code":"IDEMPOTENCY_KEY_REUSED""#))
      let malformed = try await ann.send(.post, "/api/tickets", Self.concert, [.idempotencyKey: "two words"])
      #expect(malformed.code == 400)
      #expect(try namedFields(malformed.text) == ["Idempotency-Key"])
    }
  }

  @Test(arguments: Transport.allCases) func `tells a ticket's version as its entity tag`(transport: Transport)
    async throws
  {
    try await withGateway(transport) { client, _ in
      let ann = try await client.signedUp()
      let created = try await ann.send(.post, "/api/tickets", Self.concert)
      #expect(created.headers[.eTag] == "\"0\"")
      let path = "/api/tickets/01JATICKET10000"
      #expect(try await ann.send(.put, path, Self.concert).headers[.eTag] == "\"1\"")
      let read = try await ann.send(.get, path)
      #expect(read.headers[.eTag] == "\"1\"")
      for known in ["\"1\"", "W/\"1\"", "*", "\"0\", \"1\""] {
        let again = try await ann.send(.get, path, nil, [.ifNoneMatch: known])
        #expect(again.code == 304 && again.text.isEmpty && again.headers[.eTag] == "\"1\"", "\(known)")
      }
      #expect(try await ann.send(.get, path, nil, [.ifNoneMatch: "\"0\""]).text == read.text)
    }
  }

  @Test(arguments: Transport.allCases) func `changes only the version that was meant`(transport: Transport) async throws
  {
    try await withGateway(transport) { client, _ in
      let ann = try await client.signedUp()
      let path = "/api/tickets/\(try await ann.createdTicket())"
      func put(_ version: String?, _ match: String?) async throws -> (code: Int, text: String) {
        let body = #"{"title":"Opera","price":7\#(version.map { ",\"version\":\($0)" } ?? "")}"#
        let answer = try await ann.send(.put, path, body, match.map { [.ifMatch: $0] } ?? [:])
        return (answer.code, answer.text)
      }
      #expect(try await put("0", nil).code == 200)
      #expect(try await put(nil, "\"1\"").code == 200)
      #expect(try await put(nil, "\"9\", \"2\"").code == 200)
      #expect(try await put("3", "\"3\"").code == 200)
      #expect(try await put(nil, "*").code == 200)
      for (version, match) in [
        ("4", nil), (nil, "\"4\""), (nil, "W/\"5\""), (nil, "\"x\""), (nil, "\"1\", \"2\""), (nil, "\"05\", \"6\""),
        (nil, "\"a,5\""), (nil, "\"\", W/\"5\""),
      ] as [(String?, String?)] {
        let outdated = try await put(version, match)
        #expect(outdated.code == 412, "\(version ?? "") \(match ?? "")")
        #expect(outdated.text.contains(#""code":"VERSION_OUTDATED","version":5"#))
      }
      for (version, match) in [
        ("5", "\"4\""), ("1.5", nil), ("-1", nil), ("\"5\"", nil), (nil, "5"), (nil, "\"5"), (nil, "\"5\"6\""),
      ] as [(String?, String?)] {
        #expect(try await put(version, match).code == 400, "\(version ?? "") \(match ?? "")")
      }
      #expect(try await put("5", "\"5\", \"6\"").code == 200)
      #expect(try await put(nil, "\"a,b\",,W/\"x\" , \"6\"").code == 200)
    }
  }

  @Test(arguments: Transport.allCases) func `says that a ticket kept changing`(transport: Transport) async throws {
    try await withGateway(transport) { client, platform in
      let ann = try await client.signedUp()
      let id = try await ann.createdTicket()
      platform.calls.fail(with: RPCError(.aborted, "try again", reason: "CONCURRENT_UPDATE"))
      #expect(try await ann.send(.put, "/api/tickets/\(id)", Self.concert).code == 409)
    }
  }

  @Test(arguments: Transport.allCases) func `carries any text there and back`(transport: Transport) async throws {
    try await withGateway(transport) { client, _ in
      let ann = try await client.signedUp()
      let created = try await ann.send(
        .post, "/api/tickets", #"{"price":1,"title":"\"Ümläut\" \\ 😀 <script>\ud83d\ude00"}"#)
      #expect(created.code == 201)
      #expect(created.text.contains(#""title":"\"Ümläut\" \\ 😀 <script>😀""#))
    }
  }
}

extension String {
  /// What a client has to write instead in a path.
  fileprivate var asciiOnly: String {
    utf8.map { $0 < 0x80 ? String(UnicodeScalar($0)) : "%\(String($0, radix: 16))" }.joined()
  }
}
