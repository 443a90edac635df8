import EventBus
import Redis
import Synchronization
import TicketingProto

/// What a service would be at its smallest: per order the version that it has seen, guarded, and a log of what it has
/// applied, all on a real server.
final class OrderLedger: Sendable {
  let redis: RedisClient
  private let applied = RedisKey("{test}:applied")
  private let attempts = Mutex<[String: Int]>([:])
  /// Runs before each attempt; may throw what the attempt fails with, or take its time.
  private let intercept: @Sendable (EventHeader) async throws -> Void

  init(_ redis: RedisClient, intercept: @escaping @Sendable (EventHeader) async throws -> Void = { _ in }) {
    self.redis = redis
    self.intercept = intercept
  }

  var listeners: [Listener] { [created, cancelled] }

  var created: Listener {
    Listener(.orderCreated, OrdersV1.OrderCreated.self) { _, header in try await self.apply(header) }
  }

  var cancelled: Listener {
    Listener(.orderCancelled, OrdersV1.OrderCancelled.self) { _, header in try await self.apply(header) }
  }

  func attempts(at key: String) -> Int { attempts.withLock { $0[key] ?? 0 } }
  var attemptCount: Int { attempts.withLock { $0.values.reduce(0, +) } }

  private func apply(_ header: EventHeader) async throws -> Application {
    attempts.withLock { $0[header.key, default: 0] += 1 }
    try await intercept(header)
    let seenKey = RedisKey("{test}:order:\(header.key)")
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
      commit.append(to: applied, fields: [("order", .string("\(header.key) \(header.version)"))])
      if case .applied = try await redis.commit(commit) { return .applied }
    }
  }

  /// `key version` of each change, in the order in which they were made.
  var changes: [String] {
    get async throws { try await redis.xrange(applied).map { try $0.fields?.string("order") ?? "" } }
  }

  /// Whether there are exactly these changes, each once; order does not matter.
  func holds(_ wanted: Set<String>) async throws -> Bool {
    let changes = try await changes
    return changes.count == wanted.count && Set(changes) == wanted
  }
}
