import Foundation
import ProcessTestSupport
import RedisTestSupport
import Testing

/// Processes whose clocks differ, by Debian's libfaketime.
@Suite struct ClockTests {
  @Test(arguments: [-90, 30, 90])
  func `a payments process whose clock is wrong is paid all the same`(seconds: Int) async throws {
    try await withRedisServer { redis in
      let platform = try await Platform.start(
        redis: redis, ["EXPIRATION_WINDOW_SECONDS": "300", "LOG_FORMAT": "json"], clocks: [.payments: seconds])
      try await APIClient(port: platform.port).waitUntilReady(try platform.gateway)
      var purchase = try await Purchase(port: platform.port)
      let order = try await purchase.order(try await purchase.sell())
      #expect(try await purchase.pay(order).status == 201)
      try await purchase.waitFor(order, "complete")
      let payments = try platform.process(.payments)
      #expect(!payments.output.contains("does not know who we are"))
      // The clock is indeed another.
      let line = try #require(payments.output.split(separator: "\n").first { $0.hasPrefix("{") })
      let time = try #require(line.firstMatch(of: /"time":"([^"]+)"/)).1
      let logged = try Date(String(time), strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
      #expect(abs(logged.timeIntervalSinceNow - Double(seconds)) < 25)
      #expect(await platform.stop().allSatisfy { $0 == 0 })
    }
  }

  @Test func `a clock that is too wrong is said on both sides, with the reason`() async throws {
    try await withRedisServer { redis in
      let platform = try await Platform.start(
        redis: redis, ["EXPIRATION_WINDOW_SECONDS": "300", "PAYMENT_HOLD_MAX_SECONDS": "300"], clocks: [.payments: -400]
      )
      try await APIClient(port: platform.port).waitUntilReady(try platform.gateway)
      var purchase = try await Purchase(port: platform.port)
      let order = try await purchase.order(try await purchase.sell())
      let (buyer, orders, payments) = (purchase.buyer, try platform.process(.orders), try platform.process(.payments))
      let paying = Task {
        var buyer = buyer
        return try await buyer.send("POST", "/api/payments", ["token": "tok_visa", "orderId": order])
      }
      try await eventually("both have said it") {
        payments.grep("orders does not know who we are").contains { $0.contains("TOKEN_EXPIRED") }
          && orders.grep("the token expired").contains { $0.contains("payments") } ? true : nil
      }
      paying.cancel()
      for process in platform.all { process.signal(SIGKILL) }
    }
  }
}

extension RunningProcess {
  /// Lets the process see another time. By way of `env`, which has libfaketime set up already when it becomes the
  /// program: Swift's runtime finds no arguments in a process that the library itself starts anew.
  convenience init(
    _ executable: URL, _ arguments: [String], environment: [String: String], clockAheadBy seconds: Int
  ) throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib").map { "/usr/lib/\($0)/faketime" }
    let libraries = folders.map { "\($0)/libfaketimeMT.so.1" }
    guard let library = libraries.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw Failure(description: "libfaketime is missing: `tools/setup --tests` installs it")
    }
    let clock = [
      "LD_PRELOAD": library, "FAKETIME": "\(seconds > 0 ? "+" : "")\(seconds)s", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    ]
    try self.init(
      URL(filePath: "/usr/bin/env"), [executable.path] + arguments, environment: environment.merging(clock) { $1 })
  }
}
