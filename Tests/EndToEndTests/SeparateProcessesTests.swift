import Foundation
import ProcessTestSupport
import RedisTestSupport
import Testing

/// The services as processes of their own, over gRPC, as a cluster runs them.
@Suite struct SeparateProcessesTests {
  private static let key = "0123456789abcdef0123456789abcdef"
  private static let addresses = [
    "AUTH_ADDR": "x:1", "TICKETS_ADDR": "x:1", "ORDERS_ADDR": "x:1", "PAYMENTS_ADDR": "x:1",
  ]
  private static let payments = [
    "JWT_KEY": key, "REDIS_URL": "redis://localhost", "ORDERS_ADDR": "127.0.0.1:1", "RPC_PORT": "0",
  ]

  @Test(arguments: [
    ([:], "STRIPE_KEY is not set (nor is STRIPE_KEY_FILE): TICKETING_ENV=production wants a live one"),
    (["STRIPE_KEY": "sk_test_1"], "STRIPE_KEY is a test key of Stripe's: TICKETING_ENV=production wants a live one"),
  ])
  func `in production nothing is sold for play money unless somebody says so`(
    key: [String: String], sentence: String
  ) async throws {
    let variables = Self.payments.merging(key) { $1 }.merging(["TICKETING_ENV": "production"]) { $1 }
    let refused = try RunningProcess(ticketing, ["payments"], environment: variables)
    #expect(await refused.exitStatus() == 78)
    #expect(refused.output.contains(sentence))
    let told = try RunningProcess(
      ticketing, ["payments"], environment: variables.merging(["PAYMENTS": "sandbox"]) { $1 })
    _ = try await told.line { $0.contains("listens on") ? true : nil }
    told.signal(SIGKILL)
    _ = await told.exitStatus()
  }

  @Test func `the first slice survives kill -9 of everything`() async throws {
    try await withRedisServer { redis in
      let killed = try await Platform.start(redis: redis)
      var walk = Walk(port: killed.port)
      try await walk.seller.waitUntilReady(try killed.gateway)
      try await walk.signUpAndSell()
      for process in killed.all {
        process.signal(SIGKILL)
        _ = await process.exitStatus()
      }
      try await redis.kill()
      try await redis.start()

      let restarted = try await Platform.start(redis: redis)
      try await APIClient(port: restarted.port).waitUntilReady(try restarted.gateway)
      try await walk.expectUnchanged(port: restarted.port)
      #expect(await restarted.stop().allSatisfy { $0 == 0 })
    }
  }

  @Test func `redis-cli shows what happened in plain fields`() async throws {
    try await withRedisServer { redis in
      let platform = try await Platform.start(redis: redis)
      var walk = Walk(port: platform.port)
      try await walk.seller.waitUntilReady(try platform.gateway)
      try await walk.signUpAndSell()
      let hash = try await redis.cli("HGETALL", "{tickets}:ticket:\(walk.first)")
      for field in ["title", "Concert, row 1", "price", "7500", "version", "1"] { #expect(hash.contains(field)) }
      let created = try await redis.cli("XRANGE", "{tickets}:events:ticket:created", "-", "+")
      #expect(created.contains(walk.first) && created.contains(walk.second))
      let updated = try await redis.cli("XRANGE", "{tickets}:events:ticket:updated", "-", "+")
      #expect(updated.contains(walk.first) && !updated.contains(walk.second))
      #expect(await platform.stop().allSatisfy { $0 == 0 })
    }
  }

  @Test func `the gateway answers 503 while a service is away and 200 once it is back`() async throws {
    try await withRedisServer { redis in
      var platform = try await Platform.start(redis: redis)
      var client = APIClient(port: platform.port)
      try await client.waitUntilReady(try platform.gateway)
      await platform.kill(.tickets)
      #expect(try await client.send("GET", "/api/tickets").status == 503)
      #expect(try await client.send("GET", "/readyz").status == 503)
      #expect(try await client.send("GET", "/api/users/currentuser").status == 200)
      try await platform.restart(.tickets)
      try await client.waitUntilReady(try platform.gateway)
      #expect(try await client.send("GET", "/api/tickets").status == 200)
      #expect(await platform.stop().allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: [
    ("tickets", ["JWT_KEY": key], "REDIS_URL is not set"),
    ("tickets", ["JWT_KEY": key, "REDIS_URL": "http://localhost"], "REDIS_URL is not a redis://"),
    ("tickets", ["JWT_KEY": key, "REDIS_URL": "redis://localhost", "TICKETS_REDIS_URL": "x"], "TICKETS_REDIS_URL"),
    ("auth", ["REDIS_URL": "redis://localhost"], "JWT_KEY is not set"),
    ("auth", ["JWT_KEY": "short", "REDIS_URL": "redis://localhost"], "JWT_KEY has 5 bytes"),
    ("auth", ["JWT_KEY": key, "REDIS_URL": "redis://localhost", "SCRYPT_COST": "1,2"], "SCRYPT_COST"),
    ("auth", ["JWT_KEY": key, "REDIS_URL": "redis://localhost", "RPC_PORT": "65536"], "RPC_PORT"),
    ("gateway", [:], "AUTH_ADDR is not set"),
    ("gateway", ["AUTH_ADDR": "x:1", "TICKETS_ADDR": "nonsense"], "TICKETS_ADDR"),
    ("gateway", addresses.merging(["PORT": "http"]) { $1 }, "PORT"),
    ("gateway", addresses.merging(["LOG_LEVEL": "loud"]) { $1 }, "LOG_LEVEL"),
    (
      "orders", ["JWT_KEY": key, "REDIS_URL": "redis://localhost", "EXPIRATION_WINDOW_SECONDS": "0"],
      "EXPIRATION_WINDOW"
    ),
    ("orders", ["JWT_KEY": key, "ORDERS_REDIS_URL": "redis://localhost"], "REDIS_URL is not set"),
    ("payments", ["JWT_KEY": key, "REDIS_URL": "redis://localhost"], "ORDERS_ADDR is not set"),
    ("payments", payments.merging(["STRIPE_KEY": "sk_prod_1"]) { $1 }, "STRIPE_KEY must be"),
    ("payments", payments.merging(["PAYMENTS": "maybe"]) { $1 }, "PAYMENTS is 'maybe'"),
    ("expiration", ["JWT_KEY": key, "REDIS_URL": "redis://localhost", "CLAIM_IDLE_MS": "soon"], "CLAIM_IDLE_MS"),
    (
      "gateway",
      [
        "PORT": "0", "AUTH_ADDR": "localhost:1", "TICKETS_ADDR": "localhost:1", "ORDERS_ADDR": "localhost:1",
        "PAYMENTS_ADDR": "localhost:1", "ALLOWED_ORIGINS": "https://shop.example,shop.example/",
      ], "ALLOWED_ORIGINS has 'shop.example/': it must be a list of origins such as https://tickets.example"
    ),
    (
      "gateway",
      [
        "PORT": "0", "AUTH_ADDR": "localhost:1", "TICKETS_ADDR": "localhost:1", "ORDERS_ADDR": "localhost:1",
        "PAYMENTS_ADDR": "localhost:1", "STRIPE_PUBLISHABLE_KEY": "sk_test_secret",
      ], "STRIPE_PUBLISHABLE_KEY must be Stripe's publishable key: pk_test_... or pk_live_..."
    ),
  ])
  func `a setting that is missing or malformed stops the start with a sentence that names it`(
    service: String, environment: [String: String], sentence: String
  ) async throws {
    let process = try RunningProcess(
      ticketing, [service], environment: ["RPC_PORT": "0"].merging(environment) { $1 })
    #expect(await process.exitStatus() == 78)
    #expect(process.output.contains(sentence))
    #expect(process.output.split(separator: "\n").count == 1)
  }
}
