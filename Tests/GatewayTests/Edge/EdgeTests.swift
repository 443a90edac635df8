import HTTPTypes
import Logging
import RPC
import ServiceDoubles
import Testing

@testable import Gateway

@Suite struct `The edge` {
  @Test(arguments: Transport.allCases) func `answers unknown routes in JSON`(transport: Transport) async throws {
    try await withGateway(transport) { client, _ in
      for path in [
        "/", "/api", "/api/", "/api/users", "/api/nothing", "/api/tickets/1/2", "/API/tickets", "/api/order",
        "/api/tickets/../users", "/%61pi/tickets", "/api/tickets%2f1", "//", "/api/tickets;a=b", "/favicon.ico",
      ] {
        let answer = try await client.send(.get, path)
        #expect(answer.code == 404, "\(path)")
        #expect(answer.text == #"{"errors":[{"message":"Not found","code":"NOT_FOUND"}]}"#, "\(path)")
        #expect(answer.headers[.contentType] == "application/json; charset=utf-8")
      }
    }
  }

  @Test(arguments: Transport.allCases) func `answers a wrong method with the right ones`(transport: Transport)
    async throws
  {
    try await withGateway(transport) { client, _ in
      for (method, path, allowed) in [
        (.get, "/api/users/signup", "POST"), (.delete, "/api/users/signin", "POST"),
        (.post, "/api/users/currentuser", "GET, HEAD"), (.put, "/api/tickets", "GET, HEAD, POST"),
        (.delete, "/api/tickets/01JA", "GET, HEAD, PUT"), (.options, "/api/tickets/", "GET, HEAD, POST"),
        (.patch, "/api/tickets/01JA", "GET, HEAD, PUT"), (.post, "/healthz", "GET, HEAD"),
      ] as [(HTTPRequest.Method, String, String)] {
        let answer = try await client.send(method, path)
        #expect(answer.code == 405, "\(method) \(path)")
        #expect(answer.headers[.allow] == allowed, "\(method) \(path)")
        #expect(answer.text.contains(#""code":"METHOD_NOT_ALLOWED""#))
      }
    }
  }

  @Test(arguments: Transport.allCases) func `answers HEAD like GET, without the body`(transport: Transport) async throws
  {
    try await withGateway(transport) { client, _ in
      for path in ["/api/tickets", "/api/users/currentuser", "/healthz", "/nowhere"] {
        let get = try await client.send(.get, path)
        let head = try await client.send(.head, path)
        #expect(head.code == get.code)
        #expect(head.text == "")
        #expect(head.headers[.contentLength] == "\(get.body.readableBytes)")
      }
    }
  }

  @Test(arguments: Transport.allCases) func `guards every answer of the API`(transport: Transport) async throws {
    try await withGateway(transport) { client, _ in
      for path in ["/api/tickets", "/nowhere", "/api/tickets/none"] {
        let answer = try await client.send(.get, path)
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.headers[.server] == nil)
      }
    }
  }

  @Test(arguments: Transport.allCases) func `keeps a sane request id and replaces any other`(transport: Transport)
    async throws
  {
    try await withGateway(transport) { client, platform in
      let kept = try await client.send(.get, "/api/tickets", nil, [.xRequestID: "build-42/α".filter(\.isASCII)])
      #expect(kept.headers[.xRequestID] == "build-42/")
      #expect(platform.calls.all.last?.metadata["x-request-id"] == "build-42/")
      for id in ["", "two words", String(repeating: "x", count: 129), "tab\tbed", "é"] {
        let answer = try await client.send(.get, "/api/tickets", nil, [.xRequestID: id])
        let made = try #require(answer.headers[.xRequestID])
        #expect(made != id && made.utf8.count >= 10)
        #expect(platform.calls.all.last?.metadata["x-request-id"] == made)
      }
    }
  }

  @Test(arguments: Transport.allCases) func `passes a trace on, or begins one`(transport: Transport) async throws {
    try await withGateway(transport) { client, platform in
      let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      _ = try await client.send(.get, "/api/tickets", nil, [.traceParent: trace])
      #expect(platform.calls.all.last?.metadata["traceparent"] == trace)
      _ = try await client.send(.get, "/api/tickets", nil, [.traceParent: "garbage"])
      let begun = platform.calls.all.last?.metadata["traceparent"]
      #expect(begun != nil && TraceParent.accept(begun) == begun)
    }
  }

  @Test(arguments: Transport.allCases) func `refuses writes from other origins before anything else`(
    transport: Transport
  ) async throws {
    try await withGateway(transport) { client, platform in
      for (method, path) in [
        (.post, "/api/users/signin"), (.post, "/api/users/signout"), (.post, "/api/tickets"), (.put, "/api/tickets/1"),
      ] as [(HTTPRequest.Method, String)] {
        let answer = try await client.send(method, path, "{}", [.origin: "https://evil.example"])
        #expect(answer.code == 403)
        #expect(answer.text.contains(#""code":"ORIGIN_NOT_ALLOWED""#))
      }
      #expect(platform.calls.all.isEmpty)
      let own = try await client.send(.post, "/api/users/signout", "{}", [.origin: "http://localhost"])
      #expect(own.code == 200)
    }
  }

  struct Unforeseen: Error { let secret = "password is hunter2" }

  @Test(arguments: Transport.allCases) func `tells nothing of a fault but the request's id`(transport: Transport)
    async throws
  {
    try await withGateway(transport) { client, platform in
      for fault in [
        Unforeseen(), RPCError(.internal, "secret detail"), RPCError(.dataLoss, "secret detail"),
        RPCError(.unimplemented, "secret detail"),
      ] as [any Error] {
        platform.calls.fail(with: fault)
        let answer = try await client.send(.get, "/api/tickets", nil, [.xRequestID: "id-7"])
        #expect(answer.code == 500)
        #expect(
          answer.text == #"{"errors":[{"message":"Something went wrong (request id-7)","code":"INTERNAL"}]}"#)
      }
      #expect(platform.log.lines("request failed").count == 4)
      #expect(platform.log.lines("request failed").allSatisfy { $0.level == .error })
    }
  }

  @Test(arguments: Transport.allCases) func `says when a service is away`(transport: Transport) async throws {
    try await withGateway(transport) { client, platform in
      platform.calls.fail(with: RPCError(.unavailable, "connect 10.0.0.7:4001 refused"))
      let away = try await client.send(.get, "/api/tickets")
      #expect(away.code == 503)
      #expect(away.headers[.retryAfter] == "1")
      #expect(!away.text.contains("10.0.0.7"))
      platform.calls.fail(with: RPCError(.deadlineExceeded, "deadline"))
      #expect(try await client.send(.get, "/api/tickets").code == 504)
      #expect(platform.log.lines("request failed").allSatisfy { $0.level == .warning })
    }
  }

  @Test(arguments: Transport.allCases) func `logs one line a request, without secrets`(transport: Transport)
    async throws
  {
    try await withGateway(transport) { client, platform in
      let ann = try await client.signedUp()
      let id = try await ann.createdTicket("Very Private Title")
      _ = try await ann.send(.get, "/api/tickets/\(id)?secret=query", nil, [.xRequestID: "the-id"])
      let lines = platform.log.lines("request")
      #expect(lines.map { $0.metadata["route"] } == ["/api/users/signup", "/api/tickets", "/api/tickets/{id}"])
      #expect(lines.map { $0.metadata["status"]?.description } == ["201", "201", "200"])
      #expect(lines.last?.metadata["request_id"] == "the-id")
      #expect(lines.last?.metadata["method"] == "GET")
      #expect(TraceParent.accept(lines.last?.metadata["trace"]?.description) != nil)
      // Who signs up or creates is known by what the service answers; who only looks shows no token.
      let user = try #require(lines[0].metadata["user_id"])
      #expect(lines.map { $0.metadata["user_id"] } == [user, user, nil])
      let duration = try #require(lines.last?.metadata["duration_ms"]?.description)
      #expect(Double(duration) != nil)
      let cookie = try #require(ann.cookie?.dropFirst("session=".count))
      for secret in [String(cookie), "correct horse", "ann@example.com", "Very Private Title", "secret=query"] {
        #expect(!platform.log.lines.contains { $0.text.contains(secret) })
      }
    }
  }
}
