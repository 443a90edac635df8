import EventBus
import Foundation
import ProcessTestSupport
import Redis
import RedisTestSupport
import Testing

extension RunningProcess {
  /// `event-bus-test-consumer`, built beside the tests. It has nothing of this process but the server.
  static func consumer(
    _ name: String, on server: RedisTestServer, claimIdle: Duration = .milliseconds(600), gate: RedisKey? = nil
  ) throws -> RunningProcess {
    let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("event-bus-test-consumer")
    let idle = "\(Int(claimIdle / .milliseconds(1)))"
    return try RunningProcess(program, [server.socketPath, name, idle] + (gate.map { [$0.name] } ?? []))
  }

  /// SIGKILL, and waits for the end.
  func kill() async {
    signal(SIGKILL)
    _ = await exitStatus()
  }

  /// Waits until it has said these lines.
  func says(_ wanted: [String]) async throws {
    try await eventually("\(name) says \(wanted.first ?? "") …") {
      Set(output.split(separator: "\n").map(String.init)).isSuperset(of: wanted)
    }
  }
}
