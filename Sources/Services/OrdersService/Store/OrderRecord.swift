import Identifiers
import Redis
import ServiceHost

/// An order as the fields of its hash.
enum OrderRecord {
  static let fields = [
    "id", "userId", "ticketId", "title", "price", "status", "attempt", "expiresAt", "version", "createdAt", "paymentId",
    "reason", "expired", "reservation", "reversal", "reversalAttempt", "reversalVersion",
  ]

  static func values(of order: Order, at now: UnixTime) -> [(String, RedisArgument)] {
    [
      ("id", .string(order.id)), ("userId", .string(order.userID)), ("ticketId", .string(order.ticketID)),
      ("title", .string(order.title)), ("price", .integer(order.priceCents)),
      ("reservation", .integer(order.reservation)),
      ("expiresAt", .integer(order.expiresAt.milliseconds)), ("createdAt", .integer(order.createdAt.milliseconds)),
      ("expired", order.isOverdue ? 1 : 0),
    ] + changing(order, at: now)
  }

  /// What a change may change; all of it is guarded by status and attempt.
  static func changing(_ order: Order, at now: UnixTime) -> [(String, RedisArgument)] {
    [
      ("status", .string(order.status.rawValue)), ("attempt", .integer(order.attempt)),
      ("version", .integer(order.version)), ("paymentId", .string(order.paymentID ?? "")),
      ("reason", .string(order.reason?.rawValue ?? "")), ("updatedAt", .integer(now.milliseconds)),
    ]
  }

  /// nil where nothing is stored; throws `MalformedRecord` where what is stored is no order.
  static func order(from row: [RedisBytes?], at key: RedisKey) throws -> Order? {
    guard row.contains(where: { $0 != nil }) else { return nil }
    guard row.count == fields.count, let id = row[0]?.string, let userID = row[1]?.string,
      let ticketID = row[2]?.string, let title = row[3]?.string, let price = row[4]?.int64,
      let status = row[5]?.string.flatMap(OrderStatus.init), let attempt = row[6]?.int64,
      let expiresAt = row[7]?.int64, (0...UnixTime.latest.milliseconds).contains(expiresAt),
      let version = row[8]?.int64, let createdAt = row[9]?.int64, let paymentID = row[10]?.string,
      let reason = row[11]?.string, reason.isEmpty || CancellationReason(rawValue: reason) != nil,
      let expired = row[12]?.int64, row[13] == nil || row[13]?.int64 != nil
    else { throw MalformedRecord(key) }
    return Order(
      id: id, userID: userID, ticketID: ticketID, title: title, priceCents: price,
      reservation: row[13]?.int64 ?? 0, expiresAt: UnixTime(milliseconds: expiresAt),
      createdAt: UnixTime(milliseconds: createdAt), status: status,
      attempt: attempt, version: version, isOverdue: expired != 0, paymentID: paymentID.isEmpty ? nil : paymentID,
      reason: CancellationReason(rawValue: reason), reversalNote: try note(from: Array(row[14...]), at: key))
  }

  /// nil where no reversal was ever told of.
  private static func note(from row: [RedisBytes?], at key: RedisKey) throws -> ReversalNote? {
    guard row.contains(where: { $0 != nil }) else { return nil }
    guard let reversal = row[0]?.string.flatMap(OrderReversal.init), let attempt = row[1]?.int64,
      let version = row[2]?.int64
    else { throw MalformedRecord(key) }
    return ReversalNote(reversal: reversal, attempt: attempt, version: version)
  }
}
