import Foundation
import ProcessTestSupport
import RedisTestSupport
import Testing

extension RedisTestServer {
  /// What redis-cli prints.
  func cli(_ arguments: String...) async throws -> String {
    try await redisCLI(["-s", socketPath] + arguments)
  }
}

/// What redis-cli prints.
func redisCLI(_ arguments: [String]) async throws -> String {
  let process = try RunningProcess(URL(fileURLWithPath: "/usr/bin/env"), ["redis-cli"] + arguments)
  #expect(await process.exitStatus() == 0)
  return process.output
}
