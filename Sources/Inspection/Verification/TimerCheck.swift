import ExpirationService
import Identifiers
import OrdersService
import Redis

/// Each timer is an open order's, and goes off in time.
struct TimerCheck: Check {
  let stores: Stores
  let settings: VerificationSettings
  let title = "timers"

  func walk(_ visit: ([String], Int) async throws -> Void) async throws {
    try await stores.walk(.expiration, members: ExpirationKeys.due) { try await visit($0, $0.count) }
  }

  /// `ids` are orders.
  func examine(_ ids: [String]) async throws -> [Suspicion] {
    let client = try stores(.expiration)
    let now = try await client.time()
    // The timers after the orders: of an order that has ended meanwhile, the timer may be gone too.
    let orders = try await stores(.orders).records(ids.map { OrderKeys.order($0) })
    let timers = try await client.scores(ids.map { (ExpirationKeys.due, $0) })
    return zip(zip(ids, timers), orders).compactMap { timer, order in
      guard let due = timer.1 else { return nil }
      if OrderStatus(rawValue: order["status"]).map(\.isFinal) ?? true {
        return suspicion(
          .timerWithoutOrder, timer.0, expected: "its order waits to be paid",
          found: order.exists ? "that is \(order["status"])" : "there is no such order")
      }
      guard due < now, now - max(0, due) > settings.grace.wholeMilliseconds else { return nil }
      return suspicion(
        .timerOverdue, timer.0, expected: "it went off at \(due)",
        found: "it is still there, \(Duration.milliseconds(now - max(0, due)).rounded) later")
    }
  }

  private func suspicion(_ name: Finding.Name, _ id: String, expected: String, found: String) -> Suspicion {
    stores.suspicion(
      name, id, "timer of order \(id)", expected: expected, found: found, at: .expiration,
      look: ["ZSCORE", ExpirationKeys.due.name, id])
  }
}
