import Foundation
import ProcessTestSupport
import Redis
import RedisTestSupport
import Testing

/// Several processes of every service, which share the events of the same tickets and orders.
///
///     MANY_PROCESSES_SECONDS=300 swift test --filter ManyProcessesTests     a load that lasts
@Suite(.serialized) struct ManyProcessesTests {
  private static let seconds =
    ProcessInfo.processInfo.environment["MANY_PROCESSES_SECONDS"].flatMap { Double($0) } ?? 15
  private static let services: [Platform.Part] = [.auth, .tickets, .orders, .payments, .expiration]
  /// No test is to measure a machine that does other things too: only what stands still takes as long.
  private static let hang: Duration = .seconds(10)

  private func withPlatform(
    _ copies: Int, _ variables: [String: String] = [:],
    _ body: (inout Platform, Purchase, RedisClient) async throws -> Void
  ) async throws {
    try await withRedisServer { server in
      try await withRedisClient(server) { redis in
        var platform = try await Platform.start(
          redis: server, ["RATE_LIMIT_SIGNUP_PER_MINUTE": "0"].merging(variables) { $1 },
          copies: Dictionary(uniqueKeysWithValues: Self.services.map { ($0, copies) }))
        try await APIClient(port: platform.port).waitUntilReady(try platform.gateway)
        try await body(&platform, try await Purchase(port: platform.port), redis)
        let (status, output) = try await verify(server)
        #expect(status == 0, "\(output)")
        for group in try await redis.deadLetterCounts() { Issue.record("dead letters: \(group)") }
        #expect(await platform.stop().allSatisfy { $0 == 0 })
      }
    }
  }

  @Test(arguments: [1, 2, 3])
  func `a busy ticket holds up no other, and orders knows all as tickets has it`(copies: Int) async throws {
    try await withPlatform(copies) { platform, purchase, redis in
      let busy = try await BusyTicket(purchase, redis: redis)
      let report = try await busy.load(for: .seconds(Self.seconds))
      let took = try await busy.settle(within: 10)
      print(
        "\(copies) processes: \(report.reservations) reservations, \(report.edits) edits, lag p50 \(report.lag(0.5)),"
          + " p99 \(report.lag(0.99)), longest \(report.lag(1)), all known \(took) after the end")
      #expect(report.surprises == [])
      #expect(report.reservations > Int(Self.seconds) && report.edits > Int(Self.seconds))
      #expect(report.lag(1) < Self.hang)
    }
  }

  @Test func `killed processes that come back under new names hold up nothing`() async throws {
    try await withPlatform(2, ["PAYMENT_LEASE_SECONDS": "1"]) { platform, purchase, redis in
      let busy = try await BusyTicket(purchase, redis: redis)
      let running = platform
      let survivors = Shared(running)
      let report = try await busy.load(for: .seconds(Self.seconds * 2)) {
        let end = ContinuousClock.now + .seconds(Self.seconds * 2 - 3)
        var round = 0
        while .now < end {
          try await Task.sleep(for: .seconds(min(10, Self.seconds / 5)))
          // Their consumers are named by process: each comes back as another.
          let part = [Platform.Part.orders, .tickets][round % 2]
          await survivors.platform.kill(part, round / 2 % 2)
          try await survivors.platform.restart(part, round / 2 % 2)
          round += 1
        }
      }
      platform = survivors.platform
      _ = try await busy.settle(within: 20)
      #expect(report.surprises == [])
      #expect(report.reservations > 0 && report.edits > 0)
    }
  }

  @Test func `a consumer that stops for long and returns changes nothing and goes on`() async throws {
    try await withPlatform(1) { platform, purchase, redis in
      let busy = try await BusyTicket(purchase, redis: redis)
      // The gateway does not know of this one: it only has its share of the events.
      try await platform.restart(.orders, 1)
      let sleeper = try platform.process(.orders, 1)
      let report = try await busy.load(for: .seconds(Self.seconds * 2)) {
        try await Task.sleep(for: .seconds(Self.seconds / 4))
        sleeper.signal(SIGSTOP)
        try await Task.sleep(for: .seconds(Self.seconds * 4 / 3))
        sleeper.signal(SIGCONT)
      }
      _ = try await busy.settle(within: 20)
      #expect(report.surprises == [])
      #expect(report.lag(1) < Self.hang)
    }
  }

  @Test func `three processes of each sell through any kills, and it all comes to a healthy end`() async throws {
    try await withPlatform(
      3, ["EXPIRATION_WINDOW_SECONDS": "5", "PAYMENT_LEASE_SECONDS": "1"]
    ) { platform, purchase, redis in
      let shared = Shared(platform)
      let end = ContinuousClock.now + .seconds(Self.seconds * 2)
      let orders = try await withThrowingTaskGroup(of: [String].self) { group in
        for buyer in 0..<6 { group.addTask { await Self.buy(until: end, as: buyer, purchase) } }
        var round = 0
        while .now < end {
          try await Task.sleep(for: .seconds(2))
          let part = Self.services[round % Self.services.count]
          let number = Int.random(in: 0..<3)
          await shared.platform.kill(part, number)
          try await shared.platform.restart(part, number)
          round += 1
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      platform = shared.platform
      try #require(orders.count > 10)
      for order in orders {
        try await eventually("order \(order) is final", within: 90) {
          let status = try? await purchase.status(order)
          return status == "complete" || status == "cancelled" ? true : nil
        }
      }
      print("\(orders.count) orders through kills")
    }
  }

  /// Sells, and reserves what is sold; pays most of it, cancels some, leaves some. Goes on whatever the answers are.
  private static func buy(until end: ContinuousClock.Instant, as number: Int, _ purchase: Purchase) async -> [String] {
    var purchase = purchase
    var orders: [String] = []
    var round = 0
    while .now < end {
      round += 1
      guard let ticket = try? await purchase.sell("Ticket \(number).\(round)"),
        let order = try? await purchase.order(ticket)
      else {
        try? await Task.sleep(for: .milliseconds(100))
        continue
      }
      orders.append(order)
      switch round % 6 {
      case 0: _ = try? await purchase.buyer.send("DELETE", "/api/orders/\(order)")
      case 1: break
      case 2: _ = try? await purchase.pay(order, "tok_chargeDeclined")
      default: _ = try? await purchase.pay(order)
      }
    }
    return orders
  }

  private func verify(_ server: RedisTestServer) async throws -> (status: Int32, output: String) {
    let process = try RunningProcess(
      ticketing, ["verify"], environment: ["REDIS_URL": "unix://\(server.socketPath)"])
    return (await process.exitStatus(), process.output)
  }
}

/// A platform that is changed by one task and read after it has ended.
private final class Shared: @unchecked Sendable {
  var platform: Platform

  init(_ platform: Platform) { self.platform = platform }
}

extension RedisClient {
  /// The streams of dead letters that are not empty.
  fileprivate func deadLetterCounts() async throws -> [String] {
    let keys = try await send(RedisCommand("KEYS", "*:dead:*")).array().map { try $0.string() }
    return keys.sorted()
  }
}
