import Foundation
import NIOCore
import NIOPosix
import ProcessTestSupport
import Testing

/// `ticketing up`, as `tools/run` starts it.
@Suite struct UpTests {
  @Test func `what was sold before kill -9 is there after the next start`() async throws {
    try await withTemporaryFolder { folder in
      let killed = try up(folder)
      var walk = Walk(port: try await killed.port())
      try await walk.seller.waitUntilReady(killed)
      try await walk.signUpAndSell()
      killed.signal(SIGKILL)
      _ = await killed.exitStatus()

      let restarted = try up(folder)
      let port = try await restarted.port()
      try await APIClient(port: port).waitUntilReady(restarted)
      try await walk.expectUnchanged(port: port)
      #expect(await restarted.stop() == 0)
    }
  }

  @Test func `what was sold is there after its redis-server was killed under it`() async throws {
    try await withTemporaryFolder { folder in
      let process = try up(folder)
      let port = try await process.port()
      var walk = Walk(port: port)
      try await walk.seller.waitUntilReady(process)
      try await walk.signUpAndSell()
      for child in children(of: process.identifier) { kill(child, SIGKILL) }
      _ = try await process.line { $0.contains("redis-server ended and is started again") ? true : nil }
      try await walk.seller.waitUntilReady(process)
      try await walk.expectUnchanged(port: port)
      #expect(await process.stop() == 0)
    }
  }

  @Test func `Ctrl-C stops it cleanly and its redis-server with it`() async throws {
    try await withTemporaryFolder { folder in
      let process = try up(folder)
      try await APIClient(port: try await process.port()).waitUntilReady(process)
      let servers = children(of: process.identifier)
      #expect(servers.count == 1)
      process.signal(SIGINT)
      #expect(await process.exitStatus() == 0)
      for server in servers { #expect(kill(server, 0) != 0, "redis-server \(server) is still there") }
    }
  }

  @Test func `a data folder in use is said in one sentence`() async throws {
    try await withTemporaryFolder { folder in
      let first = try up(folder)
      _ = try await first.port()
      let second = try up(folder)
      #expect(await second.exitStatus() == 78)
      #expect(second.output.contains("is in use by another ticketing"))
      #expect(second.output.split(separator: "\n").count == 1)
      _ = await first.stop()
    }
  }

  @Test func `a port in use is said in one sentence`() async throws {
    try await withTemporaryFolder { folder in
      let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .bind(host: "127.0.0.1", port: 0).get()
      let port = try #require(channel.localAddress?.port)
      let process = try up(folder, "--port", "\(port)")
      #expect(await process.exitStatus() == 78)
      #expect(process.output.contains("port \(port) is in use"))
      #expect(process.output.split(separator: "\n").count == 1)
      try await channel.close()
    }
  }

  @Test func `in production it wants a live key of Stripe's or the word for a sandbox`() async throws {
    try await withTemporaryFolder { folder in
      let refused = try up(folder, environment: ["TICKETING_ENV": "production"])
      #expect(await refused.exitStatus() == 78)
      #expect(refused.output.contains("STRIPE_KEY is not set (nor is STRIPE_KEY_FILE): TICKETING_ENV=production"))
      let told = try up(folder, environment: ["TICKETING_ENV": "production", "PAYMENTS": "sandbox"])
      try await APIClient(port: try await told.port()).waitUntilReady(told)
      #expect(await told.stop() == 0)
    }
  }

  @Test func `a missing redis-server is said in one sentence`() async throws {
    try await withTemporaryFolder { folder in
      let process = try RunningProcess(
        ticketing, ["up", "--port", "0", "--data", folder.path], environment: ["PATH": folder.path])
      #expect(await process.exitStatus() == 78)
      #expect(process.output.contains("redis-server is not installed"))
      #expect(process.output.split(separator: "\n").count == 1)
    }
  }

  private func up(
    _ folder: URL, _ options: String..., environment: [String: String] = ["SCRYPT_COST": "1024,8,1"]
  ) throws -> RunningProcess {
    let port = options.isEmpty ? ["--port", "0"] : options
    return try RunningProcess(
      ticketing, ["up", "--data", folder.path] + port, environment: environment)
  }

  private func children(of identifier: Int32) -> [Int32] {
    let tasks = "/proc/\(identifier)/task"
    return ((try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []).flatMap { task in
      ((try? String(contentsOfFile: "\(tasks)/\(task)/children", encoding: .utf8)) ?? "")
        .split(separator: " ").compactMap { Int32($0) }
    }
  }
}
