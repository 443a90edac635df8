import Foundation
import ProcessTestSupport
import RedisTestSupport
import Testing

/// The services as processes of their own, over gRPC, as a cluster runs them.
@Suite struct SeparateProcessesTests {
  private static let key = "0123456789abcdef0123456789abcdef"

  @Test func `the first slice survives kill -9 of everything`() async throws {
    try await withRedisServer { redis in
      let killed = try await Platform.start(redis: redis)
      var walk = Walk(port: killed.port)
      try await walk.seller.waitUntilReady(killed.gateway)
      try await walk.signUpAndSell()
      for process in killed.all {
        process.signal(SIGKILL)
        _ = await process.exitStatus()
      }
      try await redis.kill()
      try await redis.start()

      let restarted = try await Platform.start(redis: redis)
      try await APIClient(port: restarted.port).waitUntilReady(restarted.gateway)
      try await walk.expectUnchanged(port: restarted.port)
      for process in restarted.all.reversed() { #expect(await process.stop() == 0) }
    }
  }

  @Test func `redis-cli shows what happened in plain fields`() async throws {
    try await withRedisServer { redis in
      let platform = try await Platform.start(redis: redis)
      var walk = Walk(port: platform.port)
      try await walk.seller.waitUntilReady(platform.gateway)
      try await walk.signUpAndSell()
      let hash = try await redis.cli("HGETALL", "{tickets}:ticket:\(walk.first)")
      for field in ["title", "Concert, row 1", "price", "7500", "version", "1"] { #expect(hash.contains(field)) }
      let created = try await redis.cli("XRANGE", "{tickets}:events:ticket:created", "-", "+")
      #expect(created.contains(walk.first) && created.contains(walk.second))
      let updated = try await redis.cli("XRANGE", "{tickets}:events:ticket:updated", "-", "+")
      #expect(updated.contains(walk.first) && !updated.contains(walk.second))
      for process in platform.all.reversed() { #expect(await process.stop() == 0) }
    }
  }

  @Test func `the gateway answers 503 while a service is away and 200 once it is back`() async throws {
    try await withRedisServer { redis in
      var platform = try await Platform.start(redis: redis)
      var client = APIClient(port: platform.port)
      try await client.waitUntilReady(platform.gateway)
      platform.tickets.signal(SIGKILL)
      _ = await platform.tickets.exitStatus()
      #expect(try await client.send("GET", "/api/tickets").status == 503)
      #expect(try await client.send("GET", "/readyz").status == 503)
      #expect(try await client.send("GET", "/api/users/currentuser").status == 200)
      try await platform.restartTickets()
      try await client.waitUntilReady(platform.gateway)
      #expect(try await client.send("GET", "/api/tickets").status == 200)
      for process in platform.all.reversed() { #expect(await process.stop() == 0) }
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
    ("gateway", ["AUTH_ADDR": "x:1", "TICKETS_ADDR": "x:1", "PORT": "http"], "PORT"),
    ("gateway", ["AUTH_ADDR": "x:1", "TICKETS_ADDR": "x:1", "LOG_LEVEL": "loud"], "LOG_LEVEL"),
  ])
  func `a setting that is missing or malformed stops the start with a sentence that names it`(
    service: String, environment: [String: String], sentence: String
  ) async throws {
    let process = try RunningProcess(ticketing, [service], environment: environment)
    #expect(await process.exitStatus() == 78)
    #expect(process.output.contains(sentence))
    #expect(process.output.split(separator: "\n").count == 1)
  }
}

/// Three processes that found each other.
struct Platform {
  let auth: RunningProcess
  private(set) var tickets: RunningProcess
  let gateway: RunningProcess
  let port: Int
  private let environment: [String: String]
  private let ticketsPort: Int

  var all: [RunningProcess] { [auth, tickets, gateway] }

  static func start(redis: RedisTestServer) async throws -> Platform {
    let environment = [
      "JWT_KEY": "0123456789abcdef0123456789abcdef", "REDIS_URL": "unix://\(redis.socketPath)", "RPC_HOST": "127.0.0.1",
      "RPC_PORT": "0",
      "SCRYPT_COST": "1024,8,1",
    ]
    let auth = try RunningProcess(ticketing, ["auth"], environment: environment)
    let tickets = try RunningProcess(ticketing, ["tickets"], environment: environment)
    let ticketsPort = try await tickets.port()
    let gateway = try RunningProcess(
      ticketing, ["gateway"],
      environment: [
        "PORT": "0", "AUTH_ADDR": "127.0.0.1:\(try await auth.port())", "TICKETS_ADDR": "127.0.0.1:\(ticketsPort)",
      ])
    return Platform(
      auth: auth, tickets: tickets, gateway: gateway, port: try await gateway.port(), environment: environment,
      ticketsPort: ticketsPort)
  }

  /// Starts the tickets service again where the gateway knows it to be.
  mutating func restartTickets() async throws {
    var environment = environment
    environment["RPC_PORT"] = "\(ticketsPort)"
    tickets = try RunningProcess(ticketing, ["tickets"], environment: environment)
    _ = try await tickets.port()
  }
}

extension RedisTestServer {
  /// What redis-cli prints.
  fileprivate func cli(_ arguments: String...) async throws -> String {
    let process = try RunningProcess(URL(fileURLWithPath: "/usr/bin/env"), ["redis-cli", "-s", socketPath] + arguments)
    #expect(await process.exitStatus() == 0)
    return process.output
  }
}
