import ExpirationService
import Identifiers
import OrdersService
import Redis

/// A timer: which order's time to pay is over when.
package struct Expiration: Sendable {
  package let orderID: String
  package let due: UnixTime
  /// Until then; negative where it should have gone off.
  package let remaining: Duration
  /// Of the order; empty where there is none.
  package let status: String

  /// The next `limit` timers, and how many there are.
  package static func next(_ limit: Int, _ stores: Stores) async throws -> (timers: [Expiration], total: Int) {
    let client = try stores(.expiration)
    let now = try await client.time()
    let members = try await client.zrangeWithScores(ExpirationKeys.due, .rank(0, max(0, limit - 1)))
    let orders = try await stores(.orders).records(members.map { OrderKeys.order($0.member.description) })
    let timers = zip(members, orders).map { member, order in
      let due = Int64(exactly: member.score.rounded()) ?? .max
      let (remaining, overflows) = due.subtractingReportingOverflow(now)
      return Expiration(
        orderID: member.member.description, due: UnixTime(milliseconds: due),
        remaining: .milliseconds(overflows ? .max : remaining), status: order["status"])
    }
    return (timers, try await client.zcard(ExpirationKeys.due))
  }

  package static func table(_ timers: [Expiration], _ style: Style) -> String {
    var table = Table("ORDER", "DUE", "IN", "STATUS")
    for timer in timers {
      table.add(timer.orderID, timer.due.iso8601, timer.remaining.rounded, timer.status)
    }
    return table.text(style)
  }

  package var json: JSON {
    .object([
      "order": .string(orderID), "due": .string(due.iso8601), "remainingMs": .integer(remaining.wholeMilliseconds),
      "status": .string(status),
    ])
  }
}
