import HTTPTypes
import RPC
import ServiceDoubles
import Testing

@testable import Gateway

@Suite struct `/api/users` {
  @Test(arguments: Transport.allCases) func `signs up and in, says who one is, and signs out`(transport: Transport)
    async throws
  {
    try await withGateway(transport) { client, _ in
      let up = try await client.send(.post, "/api/users/signup", UserBodies.ann)
      #expect(up.code == 201)
      #expect(up.text == #"{"id":"01JAUSER1000","email":"ann@example.com"}"#)
      let cookie = try #require(up.headers[.setCookie])
      #expect(cookie.hasSuffix("; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"))

      let signIn = try await client.send(.post, "/api/users/signin", UserBodies.ann)
      #expect(signIn.code == 200)
      #expect(signIn.text == up.text)
      #expect(signIn.headers[.setCookie]?.hasPrefix("session=eyJ") == true)

      var ann = client
      ann.cookie = String(cookie.prefix { $0 != ";" })
      let me = try await ann.send(.get, "/api/users/currentuser")
      #expect(me.code == 200)
      #expect(
        me.text == #"{"currentUser":{"id":"01JAUSER1000","email":"ann@example.com","iat":1700000000}}"#)

      let out = try await ann.send(.post, "/api/users/signout", "{}")
      #expect(out.code == 200)
      #expect(out.text == "{}")
      #expect(out.headers[.setCookie] == "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
    }
  }

  @Test(arguments: Transport.allCases) func `marks the cookie Secure in production`(transport: Transport) async throws {
    var configuration = GatewayConfiguration.patient
    configuration.secureCookies = true
    try await withGateway(transport, configuration) { client, _ in
      let up = try await client.send(.post, "/api/users/signup", UserBodies.ann)
      #expect(up.headers[.setCookie]?.hasSuffix("; Secure") == true)
      let out = try await client.send(.post, "/api/users/signout")
      #expect(out.headers[.setCookie]?.hasSuffix("; Secure") == true)
    }
  }

  @Test(arguments: Transport.allCases) func `signs out whoever asks, with or without a body`(transport: Transport)
    async throws
  {
    try await withGateway(transport) { client, _ in
      for body in [nil, "", "{}", "garbage"] {
        let answer = try await client.send(.post, "/api/users/signout", body)
        #expect(answer.code == 200)
      }
    }
  }

  @Test(arguments: Transport.allCases) func `gives an email to one account only`(transport: Transport) async throws {
    try await withGateway(transport) { client, _ in
      _ = try await client.send(.post, "/api/users/signup", UserBodies.ann)
      let again = try await client.send(.post, "/api/users/signup", UserBodies.ann)
      #expect(again.code == 400)
      #expect(
        again.text == #"{"errors":[{"message":"Email in use","field":"email","code":"EMAIL_IN_USE"}]}"#)
    }
  }

  @Test(arguments: Transport.allCases) func `answers a wrong password and an unknown email alike`(transport: Transport)
    async throws
  {
    try await withGateway(transport) { client, _ in
      _ = try await client.send(.post, "/api/users/signup", UserBodies.ann)
      for body in [
        #"{"email":"ann@example.com","password":"wrong password"}"#, #"{"email":"bob@example.com","password":"x"}"#,
      ] {
        let answer = try await client.send(.post, "/api/users/signin", body)
        #expect(answer.code == 400)
        #expect(answer.text == #"{"errors":[{"message":"Invalid credentials","code":"INVALID_CREDENTIALS"}]}"#)
        #expect(answer.headers[.setCookie] == nil)
      }
    }
  }

  @Test(arguments: [
    (#"{}"#, ["email", "password"]),
    (#"{"email":"ann@example.com"}"#, ["password"]),
    (#"{"email":"nope","password":"short"}"#, ["email", "password"]),
    (#"{"email":5,"password":[]}"#, ["email", "password"]),
    (#"{"email":5}"#, ["email", "password"]),
    (#"{"email":null,"password":null}"#, ["email", "password"]),
    (#"{"email":"ann@example.com","password":{"$ne":1}}"#, ["password"]),
    (#"{"email":"ann@example.com\r\nBcc: x","password":"correct horse"}"#, ["email"]),
    (#"{"email":true,"password":"correct horse"}"#, ["email"]),
  ])
  func `names every field of a sign-up that is wrong`(body: String, fields: [String]) async throws {
    for transport in Transport.allCases {
      try await withGateway(transport) { client, _ in
        let answer = try await client.send(.post, "/api/users/signup", body)
        #expect(answer.code == 400)
        #expect(Set(try namedFields(answer.text)) == Set(fields), "\(answer.text)")
      }
    }
  }

  @Test(arguments: Transport.allCases) func `passes limits and full queues on`(transport: Transport) async throws {
    try await withGateway(transport) { client, platform in
      platform.calls.fail(
        with: RPCError(.resourceExhausted, "Too many attempts", reason: "RATE_LIMITED", retryAfter: .seconds(42)))
      let limited = try await client.send(.post, "/api/users/signin", UserBodies.ann)
      #expect(limited.code == 429)
      #expect(limited.headers[.retryAfter] == "42")
      #expect(limited.text == #"{"errors":[{"message":"Too many attempts","code":"RATE_LIMITED"}]}"#)

      platform.calls.fail(
        with: RPCError(.unavailable, "Too many sign-ins", reason: "PASSWORD_QUEUE_FULL", retryAfter: .seconds(1)))
      let full = try await client.send(.post, "/api/users/signup", UserBodies.ann)
      #expect(full.code == 503)
      #expect(full.headers[.retryAfter] == "1")
      #expect(full.text == #"{"errors":[{"message":"Too many sign-ins","code":"PASSWORD_QUEUE_FULL"}]}"#)
    }
  }

  @Test(arguments: [
    "a.b.c", "eyJhbGciOiJub25lIn0.eyJpZCI6IjEifQ.", "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjEifQ.foreign", "...", "-",
    "null", "undefined", "a b", "\"quoted\"", "{}", "%00", String(repeating: "a", count: 5000), "é",
  ])
  func `takes a token that no service accepts for nobody's`(token: String) async throws {
    for transport in Transport.allCases {
      try await withGateway(transport) { client, _ in
        for fields in [[.cookie: "session=\(token)"], [.authorization: "Bearer \(token)"]] as [HTTPFields] {
          let me = try await client.send(.get, "/api/users/currentuser", nil, fields)
          #expect(me.code == 200)
          #expect(me.text == #"{"currentUser":null}"#)
          let create = try await client.send(.post, "/api/tickets", #"{"title":"T","price":1}"#, fields)
          #expect(create.code == 401)
          #expect(create.text == #"{"errors":[{"message":"Not authorized","code":"NOT_SIGNED_IN"}]}"#)
          #expect(create.headers[.wwwAuthenticate] == "Bearer")
        }
      }
    }
  }

  @Test(arguments: Transport.allCases) func `takes the token from an API client's header too`(transport: Transport)
    async throws
  {
    try await withGateway(transport) { client, _ in
      let token = try #require(try await client.signedUp().cookie?.dropFirst("session=".count))
      let me = try await client.send(.get, "/api/users/currentuser", nil, [.authorization: "Bearer \(token)"])
      #expect(me.text.contains("ann@example.com"))
    }
  }

  @Test(arguments: Transport.allCases) func `says that it does not know, when auth is away`(transport: Transport)
    async throws
  {
    try await withGateway(transport) { client, platform in
      let ann = try await client.signedUp()
      platform.calls.fail(with: RPCError(.unavailable, "away"))
      #expect(try await ann.send(.get, "/api/users/currentuser").code == 503)
      #expect(try await client.send(.get, "/api/users/currentuser").text == #"{"currentUser":null}"#)
    }
  }

  @Test func `tells auth the client's address, and a proxy's word only if trusted`() async throws {
    try await withGateway(.overSocket) { client, platform in
      _ = try await client.send(.post, "/api/users/signup", UserBodies.ann, [.xForwardedFor: "203.0.113.9"])
      let address = try #require(platform.auth.clientAddresses.last)
      #expect(["127.0.0.1", "0:0:0:0:0:0:0:1"].contains(address))
    }
    var configuration = GatewayConfiguration.patient
    configuration.trustedProxies = ["127.0.0.0/8", "::1"].compactMap { IPNetwork($0) }
    try await withGateway(.overSocket, configuration) { client, platform in
      _ = try await client.send(
        .post, "/api/users/signin", UserBodies.ann, [.xForwardedFor: "198.51.100.1, 203.0.113.9"])
      #expect(platform.auth.clientAddresses.last == "203.0.113.9")
    }
  }
}
