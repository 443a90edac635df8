import Foundation
import ProcessTestSupport
import RedisTestSupport
import Synchronization
import Testing

/// Processes that are told to stop while others of their kind run, as a roll-out does it.
@Suite struct RollingStopTests {
  /// A balancer's knowledge of the gateways: requests go to one that was ready when it was last asked.
  private final class Balancer: Sendable {
    let ports: [Int]
    private let ready: Mutex<Set<Int>>

    init(_ ports: [Int]) {
      self.ports = ports
      ready = Mutex(Set(ports))
    }

    func pick() -> Int? { ready.withLock { $0.randomElement() } }
    func isReady(_ port: Int) -> Bool { ready.withLock { $0.contains(port) } }

    /// Asks every gateway every so often, until it is cancelled.
    func watch() async {
      await withTaskGroup(of: Void.self) { group in
        for port in ports {
          group.addTask {
            while !Task.isCancelled {
              var client = APIClient(port: port)
              let status = try? await client.send("GET", "/readyz", timeout: .seconds(5)).status
              self.ready.withLock { ready in
                if status == 200 { ready.insert(port) } else { ready.remove(port) }
              }
              try? await Task.sleep(for: .milliseconds(50))
            }
          }
        }
      }
    }
  }

  /// What the clients saw.
  private final class Tally: Sendable {
    private let state = Mutex((answered: 0, lost: [String]()))

    var answered: Int { state.withLock(\.answered) }
    var lost: [String] { state.withLock(\.lost) }

    func count(_ what: String, _ answer: Result<Int, any Error>) {
      state.withLock { state in
        switch answer {
        case .success(200..<300): state.answered += 1
        case .success(let status): state.lost.append("\(what): \(status)")
        case .failure(let error): state.lost.append("\(what): \(error)")
        }
      }
    }
  }

  @Test func `no request is lost while a gateway and an orders process of two each stop in turn`() async throws {
    try await withRedisServer { redis in
      var platform = try await Platform.start(
        redis: redis,
        ["SHUTDOWN_DELAY_SECONDS": "2", "RATE_LIMIT_SIGNUP_PER_MINUTE": "0", "EXPIRATION_WINDOW_SECONDS": "300"],
        copies: [.gateway: 2, .orders: 2])
      for port in platform.gatewayPorts { try await APIClient(port: port).waitUntilReady(try platform.gateway) }
      var purchase = try await Purchase(port: platform.port)
      let ticket = try await purchase.sell()
      try await purchase.waitUntilKnown(ticket)
      let order = try await purchase.order(ticket)
      let buyer = purchase.buyer
      let balancer = Balancer(platform.gatewayPorts)
      let tally = Tally()

      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await balancer.watch() }
        for _ in 0..<4 { group.addTask { await Self.buy(order, buyer, balancer, tally) } }
        try await Self.wait(forRequests: 50, tally)
        for part in [Platform.Part.gateway, .orders] {
          for number in 0..<2 {
            let process = try platform.process(part, number)
            let start = ContinuousClock.now
            #expect(await process.stop() == 0)
            let duration = ContinuousClock.now - start
            #expect(duration > .seconds(2) && duration < .seconds(10), "\(part) \(number) took \(duration) to stop")
            try await Self.wait(forRequests: 50, tally)
            try await platform.restart(part, number)
            for port in platform.gatewayPorts {
              try await eventually("gateway \(port) is ready", within: 60) { balancer.isReady(port) ? true : nil }
            }
          }
        }
        try await Self.wait(forRequests: 50, tally)
        group.cancelAll()
        try await group.waitForAll()
      }
      #expect(tally.lost == [])
      #expect(tally.answered > 200)
      #expect(await platform.stop().allSatisfy { $0 == 0 })
    }
  }

  /// Reads and writes until it is cancelled, and sends nothing twice.
  private static func buy(_ order: String, _ buyer: APIClient, _ balancer: Balancer, _ tally: Tally) async {
    var round = 0
    while !Task.isCancelled {
      guard let port = balancer.pick() else {
        tally.count("no gateway is ready", .success(503))
        return
      }
      var client = buyer.at(port: port)
      round += 1
      let (method, path, body): (String, String, [String: Any]?) =
        round.isMultiple(of: 3)
        ? ("POST", "/api/tickets", ["title": "Ticket \(round)", "price": 5]) : ("GET", "/api/orders/\(order)", nil)
      do {
        tally.count(
          "\(method) \(path)", .success(try await client.send(method, path, body, timeout: .seconds(60)).status))
      } catch {
        if !Task.isCancelled { tally.count("\(method) \(path) at \(port)", .failure(error)) }
      }
    }
  }

  private static func wait(forRequests count: Int, _ tally: Tally) async throws {
    let goal = tally.answered + count
    try await eventually("\(count) more requests are answered", within: 90) {
      tally.answered >= goal || !tally.lost.isEmpty ? true : nil
    }
  }
}
