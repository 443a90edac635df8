import HTTPTypes
import HummingbirdTesting
import RPC
import ServiceDoubles
import Testing

@testable import Gateway

@Suite struct `/api/orders/:id/events` {
  @Test(arguments: Transport.allCases) func `sends each state as it comes, and ends with the last`(
    transport: Transport
  ) async throws {
    try await withGateway(transport) { client, platform in
      let ann = try await client.signedUp()
      let id = try await ann.createdOrder()
      async let answer = ann.send(.get, "/api/orders/\(id)/events")
      while platform.orders.watcherCount == 0 { await Task.yield() }
      platform.orders.set(id, .awaitingPayment)
      platform.orders.set(id, .complete)
      let stream = try await answer
      #expect(stream.code == 200)
      #expect(stream.headers[.contentType] == "text/event-stream; charset=utf-8")
      #expect(stream.headers[.cacheControl] == "no-store")
      #expect(stream.headers[.contentLength] == nil)
      let events = stream.text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
      #expect(events.first == "retry: 2000")
      let states = stream.text.matches(of: /event: order\nid: 0\ndata: \{"id":"01JAORDER10000","status":"([^"]*)"/)
      #expect(states.map { String($0.1) } == ["created", "awaiting:payment", "complete"])
    }
  }

  @Test(arguments: Transport.allCases) func `tells a browser that comes back that all is said`(
    transport: Transport
  ) async throws {
    try await withGateway(transport) { client, platform in
      let ann = try await client.signedUp()
      let id = try await ann.createdOrder()
      platform.orders.set(id, .cancelled)
      let first = try await ann.send(.get, "/api/orders/\(id)/events")
      #expect(first.code == 200)
      #expect(first.text.contains(#""status":"cancelled""#))
      #expect(try await ann.send(.get, "/api/orders/\(id)/events", nil, [.lastEventID: "1"]).code == 204)
    }
  }

  @Test func `outlasts the time that other answers have, as long as something is sent`() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.answerTime = .seconds(2)
    try await withServer(configuration) { server in
      let token = server.platform.sessions.issue(to: .init(id: "01JAUSER1", email: "ann@example.com"))
      let head = "Host: a\r\nCookie: session=\(token)\r\n"
      let created = try await server.exchange(
        "POST /api/orders HTTP/1.1\r\n\(head)Connection: close\r\nContent-Type: application/json\r\n"
          + "Content-Length: 30\r\n\r\n{\"ticketId\":\"01JATICKET10000\"} ")
      try #require(created.contains("201"))
      let text = try await server.connected { connection in
        try await connection.send("GET /api/orders/01JAORDER10000/events HTTP/1.1\r\n\(head)Connection: close\r\n\r\n")
        // Each is sent well within the time, all of them together take longer.
        let end = ContinuousClock.now + .milliseconds(2500)
        while .now < end {
          try await Task.sleep(for: .milliseconds(20))
          server.platform.orders.set("01JAORDER10000", .awaitingPayment)
        }
        server.platform.orders.set("01JAORDER10000", .complete)
        return await connection.readToEnd()
      }
      #expect(text.contains(#""status":"complete""#))
    }
  }
}
