import EventBus
import EventBusTestSupport
import Inspection
import Logging
import NIOPosix
import Redis
import RedisTestSupport
import Testing

/// A server, a client for the test, and what is under test, connected.
func withInspection(_ body: @escaping @Sendable (Stores, RedisClient) async throws -> Void) async throws {
  try await withRedisServer { server in
    let urls = Dictionary(uniqueKeysWithValues: Participant.allCases.map { ($0, server.url) })
    let stores = Stores(urls, group: MultiThreadedEventLoopGroup.singleton, logger: .silent)
    try await withRedisClient(server) { redis in
      try await stores.whileConnected { try await body(stores, redis) }
    }
  }
}

extension RedisClient {
  func publish(_ events: Event...) async throws {
    for event in events { try await xadd(event.header.subject.stream, event.fields) }
  }
}

extension Subscriber {
  /// Runs while `body` does.
  func running(_ body: () async throws -> Void) async throws {
    let running = Task { try await run() }
    defer { running.cancel() }
    try await body()
  }
}

/// Waits until `condition` holds; fails the test after a time that is there for a busy machine.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(30)
  while try await !condition() {
    try #require(ContinuousClock.now < deadline, "not in time: \(what)")
    try await Task.sleep(for: .milliseconds(10))
  }
}
