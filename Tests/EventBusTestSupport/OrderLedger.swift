import RPC
import Records
import Redis
import Synchronization
import TicketingProto

@testable import EventBus

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

  package var created: Listener { .unchecked(.orderCreated, OrdersV1.OrderCreated.self, apply: apply) }
  package var cancelled: Listener { .unchecked(.orderCancelled, OrdersV1.OrderCancelled.self, apply: apply) }

  package func attempts(at key: String, _ version: Int64) -> Int { attempts.withLock { $0["\(key) \(version)"] ?? 0 } }
  package var attemptCount: Int { attempts.withLock { $0.values.reduce(0, +) } }

  package func apply(_ header: EventHeader) async throws -> EventOutcome {
    attempts.withLock { $0["\(header.key) \(header.version)", default: 0] += 1 }
    try await intercept(header)
    var commit = Commit()
    commit.require(seen(header.key), below: header.version)
    commit.set(seen(header.key), .integer(header.version))
    commit.append(to: log, fields: [("order", .string("\(header.key) \(header.version)"))])
    return try await redis.applyOnce(commit, at: seen(header.key))
  }

  private func seen(_ key: String) -> RedisKey { RedisKey("{\(name)}:order:\(key)") }

  /// Whether each of these orders has come to this version.
  package func hasSeen(_ version: Int64, of orders: [String]) async throws -> Bool {
    for order in orders where try await redis.get(seen(order))?.int64 != version { return false }
    return true
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

extension Listener {
  /// For messages whose ids are words that a test can be read by.
  package static func unchecked<Message: RPCMessage>(
    _ subject: Subject, _ message: Message.Type, apply: @escaping @Sendable (EventHeader) async throws -> EventOutcome
  ) -> Listener {
    Listener(subject: subject) { delivery in
      let _: Message = try delivery.message()
      return try await apply(delivery.header)
    }
  }
}
