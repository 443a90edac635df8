import RPC
import ServiceLifecycle
import Synchronization
import Testing

/// A client of several servers of which one after the other goes away.
@Suite struct ServerChangeTests {
  private let patient = CallOptions(timeout: .seconds(60))

  @Test(.timeLimit(.minutes(2)))
  func `while one of two servers stops, no call is lost, and none is once it is the other's turn`() async throws {
    let paths = [socketPath(), socketPath()]
    let started = paths.map { StoppableServer(at: $0) }
    try await withClient(of: paths.map { "unix:\($0)" }.joined(separator: ",")) { [patient] client in
      let traffic = Traffic()
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for _ in 0..<8 {
          tasks.addTask {
            while !traffic.stop.load(ordering: .relaxed) {
              _ = try await client.unary(TestService.sleep, "2", options: patient)
              traffic.calls.wrappingAdd(1, ordering: .relaxed)
            }
          }
        }
        try await traffic.wait(forCalls: 100)
        var servers = started
        for turn in [0, 1, 0, 1] {
          try await servers[turn].stop()
          try await traffic.wait(forCalls: 100)
          servers[turn] = StoppableServer(at: paths[turn])
        }
        try await traffic.wait(forCalls: 100)
        traffic.stop.store(true, ordering: .relaxed)
        try await tasks.waitForAll()
        for server in servers { try await server.stop() }
      }
    }
  }
}

/// Calls that go on until they are told to stop.
private final class Traffic: Sendable {
  let stop = Atomic(false)
  let calls = Atomic(0)

  func wait(forCalls count: Int) async throws {
    let goal = calls.load(ordering: .relaxed) + count
    while calls.load(ordering: .relaxed) < goal { try await Task.sleep(for: .milliseconds(5)) }
  }
}

/// A server on a unix socket that is told to stop while its clients go on.
private struct StoppableServer: Sendable {
  private let group: ServiceGroup
  private let running: Task<Void, any Error>

  init(at path: String) {
    let server = HTTP2Server(table: TestService().table(), address: .unix(path: path), logger: quiet)
    let group = ServiceGroup(services: [server], logger: quiet)
    self.group = group
    running = Task { try await group.run() }
  }

  func stop() async throws {
    await group.triggerGracefulShutdown()
    try await running.value
  }
}
