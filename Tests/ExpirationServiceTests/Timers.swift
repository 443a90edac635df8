import EventBus
import Identifiers
import Logging
import Redis
import RedisTestSupport
import Testing
import TicketingProto

@testable import ExpirationService

/// The expiration service as its processes run it, on a redis-server of its own: a store, and what its listeners make of events.
struct Timers: Sendable {
  let redis: RedisClient
  let server: RedisTestServer
  let store: DeadlineStore
  let alarm: Alarm

  @discardableResult
  func created(_ order: String, in delay: Duration, version: Int64 = 0) async throws -> EventOutcome {
    let deadline = try await redis.time() + Int64(delay / .milliseconds(1))
    return try await created(order, at: deadline, version: version)
  }

  @discardableResult
  func created(_ order: String, at deadline: Int64, version: Int64 = 0) async throws -> EventOutcome {
    try await store.apply(
      .schedule(UnixTime(milliseconds: deadline), trace: "t"), of: order, version: version)
  }

  @discardableResult
  func cancelled(_ order: String, version: Int64 = 1) async throws -> EventOutcome {
    try await store.apply(.unschedule, of: order, version: version)
  }

  @discardableResult
  func completed(_ order: String, version: Int64 = 1) async throws -> EventOutcome {
    try await store.apply(.unschedule, of: order, version: version)
  }

  /// Fires what of these is due.
  func firing(_ timers: [DueTimer]) async throws -> Timers {
    _ = try await store.fire(timers)
    return self
  }

  /// Another process of the service.
  func another() -> Timers {
    let alarm = Alarm()
    return Timers(redis: redis, server: server, store: DeadlineStore(redis: redis, alarm: alarm), alarm: alarm)
  }

  /// Runs this process' poller meanwhile.
  func polling<Result: Sendable>(
    sleepingFor longestSleep: Duration = .seconds(1), _ body: () async throws -> Result
  ) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await DeadlinePoller(store: store, alarm: alarm, logger: .silent, longestSleep: longestSleep).run()
      }
      let result = try await body()
      group.cancelAll()
      try await group.waitForAll()
      return result
    }
  }

  /// What was published so far, in order.
  func fired() async throws -> [RedisFields] {
    try await redis.xrange(Subject.expirationComplete.stream).compactMap(\.fields)
  }

  /// Waits until so many have fired.
  func fired(_ count: Int, within limit: Duration = .seconds(30)) async throws -> [RedisFields] {
    let deadline = ContinuousClock.now + limit
    while try await redis.xlen(Subject.expirationComplete.stream) < count, .now < deadline {
      try await Task.sleep(for: .milliseconds(5))
    }
    return try await fired()
  }
}

func withTimers(_ body: @Sendable @escaping (Timers) async throws -> Void) async throws {
  try await withRedisServer { server in
    try await withRedisClient(server) { redis in
      let alarm = Alarm()
      try await body(
        Timers(redis: redis, server: server, store: DeadlineStore(redis: redis, alarm: alarm), alarm: alarm))
    }
  }
}
