import AsyncHTTPClient
import Foundation
import ProcessTestSupport
import RedisTestSupport
import StripeTestSupport
import Testing

/// Secrets that are easily recognised, put wherever one can be put, and then looked for wherever none may be.
@Suite struct CanaryTests {
  private static let jwtKey = "canaryjwtkey-0123456789abcdef0123456789"
  private static let stripeKey = "sk_test_canarystripekey"
  private static let webhookSecret = "whsec_canarywebhooksecret"
  private static let password = "canarypassword-7"
  private static let card = "tok_canarycard"

  @Test func `no secret is in any log, event or error`() async throws {
    try await withStripeTwin { stripe, base in
      try await withRedisServer { redis in
        let platform = try await Platform.start(
          redis: redis,
          [
            "LOG_LEVEL": "trace", "JWT_KEY": Self.jwtKey, "STRIPE_KEY": Self.stripeKey, "STRIPE_API_BASE": base,
            "STRIPE_WEBHOOK_SECRET": Self.webhookSecret, "EXPIRATION_WINDOW_SECONDS": "300",
            "RATE_LIMIT_SIGNIN_PER_MINUTE": "0",
          ])
        try await APIClient(port: platform.port).waitUntilReady(try platform.gateway)
        var visitor = Visitor(port: platform.port)
        try await accounts(&visitor)
        let session = try #require(visitor.session)
        try await tickets(&visitor)
        try await payments(&visitor, stripe)
        try await pages(&visitor)
        try await webhooks(&visitor)
        visitor.session = nil
        try await nonsense(&visitor)

        // The signature alone would do for whoever can guess the rest.
        let signature = try #require(session.split(separator: ".").last)
        let canaries = [
          Self.jwtKey, Self.stripeKey, Self.webhookSecret, Self.password, Self.card, session, String(signature),
          "canary",
        ]
        let streams = try await redis.cli(
          "EVAL",
          """
          local found={}
          for _,key in ipairs(redis.call('KEYS','*')) do
            if redis.call('TYPE',key).ok=='stream' then found[#found+1]={key,redis.call('XRANGE',key,'-','+')} end
          end
          return found
          """, "0")
        #expect(streams.contains("payment:created") && streams.contains("payment:declined"))
        #expect(await platform.stop().allSatisfy { $0 == 0 })
        for canary in canaries {
          for process in platform.all { #expect(process.grep(canary) == [], "\(process.name)") }
          #expect(!streams.contains(canary))
          #expect(visitor.answers.filter { $0.contains(canary) } == [])
        }
        #expect(try platform.gateway.output.contains("request_id"))
      }
    }
  }

  private func accounts(_ visitor: inout Visitor) async throws {
    let good = #"{"email":"who@example.com","password":"\#(Self.password)"}"#
    #expect(try await visitor.send("POST", "/api/users/signup", good) == 201)
    #expect(try await visitor.send("POST", "/api/users/signup", good) == 400)
    #expect(try await visitor.send("POST", "/api/users/signin", good) == 200)
    for body in [
      #"{"email":"who@example.com","password":"\#(Self.password)-not"}"#,
      #"{"email":"\#(Self.password)","password":"\#(Self.password)"}"#,
      #"{"email":"who@example.com","password":["\#(Self.password)"]}"#,
      #"{"email":"who@example.com","password":"\#(Self.password)"#, #"{"\#(Self.password)":1}"#, Self.password,
    ] {
      for path in ["/api/users/signin", "/api/users/signup"] {
        #expect(try await visitor.send("POST", path, body) == 400)
      }
    }
    _ = try await visitor.send("POST", "/api/users/signin?password=\(Self.password)", good)
    _ = try await visitor.send("GET", "/api/users/currentuser")
    _ = try await visitor.send("POST", "/api/users/signin", good, ["Content-Type": "text/plain"])
  }

  /// Somebody else's: nobody can buy their own.
  private func tickets(_ visitor: inout Visitor) async throws {
    let session = visitor.session
    let seller = #"{"email":"seller@example.com","password":"\#(Self.password)"}"#
    #expect(try await visitor.send("POST", "/api/users/signup", seller) == 201)
    defer { visitor.session = session }
    for _ in 0..<12 { #expect(try await visitor.send("POST", "/api/tickets", #"{"title":"A","price":5}"#) == 201) }
    _ = try await visitor.send("GET", "/api/tickets")
    _ = try await visitor.send("PUT", "/api/tickets/\(visitor.created[2])", #"{"title":"B","price":6}"#)
    _ = try await visitor.send("PUT", "/api/tickets/\(Self.card)", #"{"title":"","price":"x"}"#)
  }

  /// Cards that are taken, declined, unknown, and that Stripe's errors quote, together with the key.
  private func payments(_ visitor: inout Visitor, _ stripe: StripeTwin) async throws {
    // The first two are accounts.
    let tickets = Array(visitor.created.dropFirst(2))
    func order(_ ticket: String) async throws -> String {
      try await eventually("the ticket can be ordered") {
        try await visitor.send("POST", "/api/orders", #"{"ticketId":"\#(ticket)"}"#) == 201 ? visitor.created.last : nil
      }
    }
    for (ticket, card) in zip(
      tickets, [Self.card, Self.card + "_chargeDeclined", Self.card + "_unknown", "no " + Self.card])
    {
      _ = try await visitor.send(
        "POST", "/api/payments", #"{"token":"\#(card)","orderId":"\#(try await order(ticket))"}"#)
    }
    for (ticket, (verb, status)) in zip(
      tickets.dropFirst(4), [("create", 402), ("confirm", 402), ("create", 401), ("create", 400), ("confirm", 400)])
    {
      let id = try await order(ticket)
      stripe.fail(verb, .echo(status))
      // What is no word about the card is asked once more.
      if status != 402 { stripe.fail(verb, .echo(status)) }
      let answer = try await visitor.send("POST", "/api/payments", #"{"token":"\#(Self.card)","orderId":"\#(id)"}"#)
      #expect((400..<500).contains(answer), "\(verb) \(status)")
    }
    stripe.fail("create", .garbage, .resetBefore, .truncate)
    let last = try await order(try #require(tickets.last))
    _ = try await visitor.send("POST", "/api/payments", #"{"token":"\#(Self.card)","orderId":"\#(last)"}"#)
    _ = try await visitor.send("POST", "/api/payments", #"{"token":"\#(Self.card)","orderId":"\#(Self.card)"}"#)
    _ = try await visitor.send("GET", "/api/orders/\(last)")
    _ = try await visitor.send("DELETE", "/api/orders/\(last)")
    _ = try await visitor.send("GET", "/api/orders/\(Self.card)")
  }

  private func pages(_ visitor: inout Visitor) async throws {
    let csrf = "0123456789abcdef0123456789abcdef"
    let form = ["Content-Type": "application/x-www-form-urlencoded"]
    for path in ["/auth/signin", "/auth/signup"] {
      for password in [Self.password, Self.password + "x"] {
        _ = try await visitor.send(
          "POST", path, "csrf=\(csrf)&email=who@example.com&password=\(password)&next=/", form, csrf: csrf)
      }
      _ = try await visitor.send("POST", path, "email=who@example.com&password=\(Self.password)", form)
    }
    for path in ["/orders/\(visitor.created.last ?? "")/pay", "/orders/nothing/pay"] {
      _ = try await visitor.send("POST", path, "csrf=\(csrf)&token=no-\(Self.webhookSecret)", form, csrf: csrf)
    }
    _ = try await visitor.send("GET", "/orders", headers: ["Accept": "text/html"])
  }

  private func webhooks(_ visitor: inout Visitor) async throws {
    for signature in ["t=1,v1=\(Self.webhookSecret)", Self.webhookSecret, ""] {
      _ = try await visitor.send(
        "POST", "/api/payments/webhook", #"{"id":"\#(Self.webhookSecret)"}"#, ["Stripe-Signature": signature])
    }
  }

  /// Secrets where nobody expects them.
  private func nonsense(_ visitor: inout Visitor) async throws {
    for headers in [
      ["Authorization": "Bearer \(Self.jwtKey)"], ["Authorization": "Bearer a.\(Self.jwtKey).c"],
      ["Authorization": "Basic \(Self.password)"], ["Cookie": "session=\(Self.jwtKey)"],
      ["Cookie": "session=\"\(Self.password)"], ["traceparent": Self.password], ["Origin": "https://\(Self.password)"],
      ["Idempotency-Key": "\(Self.password) \(Self.card)"],
    ] {
      for (method, path) in [
        ("GET", "/api/orders"), ("POST", "/api/orders"), ("GET", "/\(Self.password)"),
        ("GET", "/api/users/currentuser"),
        ("POST", "/api/tickets?token=\(Self.card)"), ("GET", "/orders"), ("DELETE", "/api/orders/\(Self.password)"),
      ] {
        _ = try await visitor.send(method, path, method == "POST" ? "{}" : nil, headers)
      }
    }
  }

  /// Keeps what it was answered.
  private struct Visitor {
    let port: Int
    var session: String?
    private(set) var answers: [String] = []
    private(set) var created: [String] = []

    init(port: Int) {
      self.port = port
    }

    mutating func send(
      _ method: String, _ path: String, _ body: String? = nil, _ headers: [String: String] = [:], csrf: String? = nil
    ) async throws -> Int {
      try await send(method, path, body, headers: headers, csrf: csrf)
    }

    mutating func send(
      _ method: String, _ path: String, _ body: String? = nil, headers: [String: String], csrf: String? = nil
    ) async throws -> Int {
      var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
      request.method = .RAW(value: method)
      request.headers.add(name: "Content-Type", value: "application/json")
      let cookies = [session.map { "session=\($0)" }, csrf.map { "csrf=\($0)" }].compactMap { $0 }
      if !cookies.isEmpty { request.headers.add(name: "Cookie", value: cookies.joined(separator: "; ")) }
      for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
      if let body { request.body = .bytes(Array(body.utf8)) }
      let response = try await HTTPClient.shared.execute(request, timeout: .seconds(90))
      for cookie in response.headers["Set-Cookie"] where cookie.hasPrefix("session=ey") {
        session = cookie.dropFirst(8).split(separator: ";").first.map { String($0) }
      }
      let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
      answers.append(text)
      if response.status == .created,
        let id = ((try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any])?["id"] as? String
      {
        created.append(id)
      }
      return Int(response.status.code)
    }
  }
}
