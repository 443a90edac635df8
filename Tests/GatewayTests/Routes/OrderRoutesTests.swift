import HTTPTypes
import HummingbirdTesting
import RPC
import ServiceDoubles
import Testing

@testable import Gateway

@Suite struct `/api/orders` {
  static let order = #"{"ticketId":"01JATICKET10000"}"#

  @Test(arguments: Transport.allCases) func `reserves, shows, lists and cancels`(transport: Transport) async throws {
    try await withGateway(transport) { client, _ in
      let ann = try await client.signedUp()
      let created = try await ann.send(.post, "/api/orders", Self.order)
      #expect(created.code == 201)
      #expect(
        created.text == #"{"id":"01JAORDER10000","status":"created","expiresAt":"2024-01-15T10:30:00.000Z","#
          + #""ticket":{"id":"01JATICKET10000","title":"Concert Ticket","price":50},"userId":"01JAUSER1000"}"#)
      #expect(try await ann.send(.get, "/api/orders/01JAORDER10000").text == created.text)
      #expect(try await ann.send(.get, "/api/orders").text == "[\(created.text)]")

      let again = try await ann.send(.post, "/api/orders", Self.order)
      #expect(again.code == 400)
      #expect(again.text.contains(#""code":"TICKET_RESERVED""#))

      for _ in 0..<2 {
        let cancelled = try await ann.send(.delete, "/api/orders/01JAORDER10000")
        #expect(cancelled.code == 204)
        #expect(cancelled.text.isEmpty)
        #expect(cancelled.headers[.contentType] == nil)
      }
      #expect(try await ann.send(.get, "/api/orders/01JAORDER10000").text.contains(#""status":"cancelled""#))
    }
  }

  @Test(arguments: Transport.allCases) func `buys only what was seen`(transport: Transport) async throws {
    try await withGateway(transport) { client, platform in
      let ann = try await client.signedUp()
      func order(_ seen: String) async throws -> (code: Int, text: String) {
        let answer = try await ann.send(.post, "/api/orders", #"{"ticketId":"01JATICKET10000"\#(seen)}"#)
        return (answer.code, answer.text)
      }
      for price in ["49.99", "\"1\"", "0", "-50"] {
        let changed = try await order(#","price":\#(price)"#)
        #expect(changed.code == 409, "\(price)")
        #expect(changed.text.contains(#""code":"PRICE_CHANGED","price":50,"version":3"#))
      }
      for malformed in [
        #","price":"x""#, #","price":1.001"#, #","version":"1""#, #","version":-1"#, #","version":1.5"#,
      ] {
        #expect(try await order(malformed).code == 400, "\(malformed)")
      }
      #expect(try await order(#","price":"50.00","version":7"#).code == 201)
      #expect(platform.orders.seenVersions.withLock { $0 } == [7])
    }
  }

  @Test(arguments: Transport.allCases) func `writes each status as the API does`(transport: Transport) async throws {
    try await withGateway(transport) { client, platform in
      let ann = try await client.signedUp()
      let id = try await ann.createdOrder()
      platform.orders.set(id, .awaitingPayment)
      #expect(try await ann.send(.get, "/api/orders/\(id)").text.contains(#""status":"awaiting:payment""#))
      platform.orders.set(id, .complete)
      #expect(try await ann.send(.get, "/api/orders/\(id)").text.contains(#""status":"complete""#))
      #expect(try await ann.send(.delete, "/api/orders/\(id)").code == 400)
      platform.orders.set(id, .init(rawValue: 99))
      #expect(try await ann.send(.get, "/api/orders/\(id)").code == 500)
    }
  }

  @Test(arguments: Transport.allCases) func `belongs to whoever reserved`(transport: Transport) async throws {
    try await withGateway(transport) { client, _ in
      let ann = try await client.signedUp("ann")
      let bob = try await client.signedUp("bob")
      let id = try await ann.createdOrder()
      for (method, path, body) in [
        (.get, "/api/orders", nil), (.post, "/api/orders", Self.order), (.get, "/api/orders/\(id)", nil),
        (.delete, "/api/orders/\(id)", nil), (.get, "/api/orders/\(id)/events", nil),
        (.post, "/api/payments", #"{"token":"tok_visa","orderId":"x"}"#),
      ] as [(HTTPRequest.Method, String, String?)] {
        #expect(try await client.send(method, path, body).code == 401, "\(method) \(path)")
      }
      for (method, path) in [
        (.get, "/api/orders/\(id)"), (.delete, "/api/orders/\(id)"), (.get, "/api/orders/\(id)/events"),
      ] as [(HTTPRequest.Method, String)] {
        let answer = try await bob.send(method, path)
        #expect(answer.code == 401, "\(method) \(path)")
        #expect(answer.text == #"{"errors":[{"message":"Not authorized","code":"NOT_OWNER"}]}"#)
      }
      #expect(try await bob.send(.get, "/api/orders").text == "[]")
    }
  }

  @Test(arguments: Transport.allCases) func `names what is missing or unknown`(transport: Transport) async throws {
    try await withGateway(transport) { client, _ in
      let ann = try await client.signedUp()
      let wrong = try await ann.send(.post, "/api/orders", #"{"ticketId":5}"#)
      #expect(wrong.code == 400)
      #expect(try namedFields(wrong.text) == ["ticketId"])
      #expect(try await ann.send(.post, "/api/orders", #"{"ticketId":"none"}"#).code == 404)
      for path in ["/api/orders/none", "/api/orders/%00", "/api/orders/a.b", "/api/orders/none/events"] {
        let answer = try await ann.send(.get, path)
        #expect(answer.code == 404, "\(path)")
        #expect(answer.text == #"{"errors":[{"message":"Order not found","code":"ORDER_NOT_FOUND"}]}"#)
      }
    }
  }

  @Test(arguments: Transport.allCases) func `pages through the list`(transport: Transport) async throws {
    try await withGateway(transport) { client, _ in
      let ann = try await client.signedUp()
      for number in 0..<3 { _ = try await ann.createdOrder("01JATICKET\(number)") }
      let page = try await ann.send(.get, "/api/orders?limit=2")
      let link = try #require(page.headers[.link]?.wholeMatch(of: /<([^>]*)>; rel="next"/))
      let rest = try await ann.send(.get, String(link.1))
      #expect(page.text.matches(of: /"status"/).count == 2)
      #expect(rest.text.matches(of: /"status"/).count == 1)
      #expect(rest.headers[.link] == nil)
    }
  }
}

extension Client {
  /// Reserves a ticket and returns the order's id.
  func createdOrder(_ ticketID: String = "01JATICKET10000") async throws -> String {
    let answer = try await send(.post, "/api/orders", #"{"ticketId":"\#(ticketID)"}"#)
    try #require(answer.code == 201)
    let start = try #require(answer.text.firstRange(of: #""id":""#)).upperBound
    return String(answer.text[start...].prefix { $0 != "\"" })
  }
}
