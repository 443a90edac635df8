import EventBus
import Redis
import Synchronization
import TicketingProto

/// What a service would be at its smallest: per order the version that it has seen, guarded, and a log of what it has
/// applied, all on a real server.
package final class OrderLedger: Sendable {
  package let redis: RedisClient
  private let name: String
  private let attempts = Mutex<[String: Int]>([:])
  /// Runs before each attempt; may throw what the attempt fails with, or take its time.
  private let intercept: @Sendable (EventHeader) async throws -> Void

  package init(
    _ redis: RedisClient, name: String = "test",
    intercept: @escaping @Sendable (EventHeader) async throws -> Void = { _ in }
  ) {
    self.redis = redis
    self.name = name
    self.intercept = intercept
  }

  private var log: RedisKey { RedisKey("{\(name)}:applied") }

  package var listeners: [Listener] { [created, cancelled] }

  package var created: Listener {
    Listener(.orderCreated, OrdersV1.OrderCreated.self) { _, header in try await self.apply(header) }
  }

  package var cancelled: Listener {
    Listener(.orderCancelled, OrdersV1.OrderCancelled.self) { _, header in try await self.apply(header) }
  }

  package func attempts(at key: String, _ version: Int64) -> Int { attempts.withLock { $0["\(key) \(version)"] ?? 0 } }
  package var attemptCount: Int { attempts.withLock { $0.values.reduce(0, +) } }

  package func apply(_ header: EventHeader) async throws -> Application {
    attempts.withLock { $0["\(header.key) \(header.version)", default: 0] += 1 }
    try await intercept(header)
    let seenKey = RedisKey("{\(name)}:order:\(header.key)")
    while true {
      let seen = try await redis.get(seenKey)?.int64
      if let verdict = Application.verdict(on: header.version, seen: seen) { return verdict }
      var commit = Commit()
      if let seen {
        commit.require(seenKey, equals: .integer(seen))
      } else {
        commit.require(absent: seenKey)
      }
      commit.set(seenKey, .integer(header.version))
      commit.append(to: log, fields: [("order", .string("\(header.key) \(header.version)"))])
      if case .applied = try await redis.commit(commit) { return .applied }
    }
  }

  /// `key version` of each change, in the order in which they were made.
  package var changes: [String] {
    get async throws { try await redis.xrange(log).map { try $0.fields?.string("order") ?? "" } }
  }

  /// Whether there are exactly these changes, each once; order does not matter.
  package func holds(_ wanted: Set<String>) async throws -> Bool {
    let changes = try await changes
    return changes.count == wanted.count && Set(changes) == wanted
  }
}
