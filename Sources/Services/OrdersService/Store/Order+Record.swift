import Identifiers
import Records
import Redis

extension Order: Record {
  static func key(_ id: String) -> RedisKey { OrderKeys.order(id) }

  static let fields: RecordFields = [
    "id", "userId", "ticketId", "title", "price", "status", "attempt", "expiresAt", "version", "createdAt", "paymentId",
    "reason", "expired", "reservation", "reversal", "reversalAttempt", "reversalVersion",
  ]

  init(_ stored: StoredRecord, id: String) throws {
    self.init(
      id: try stored.text("id"), userID: try stored.text("userId"), ticketID: try stored.text("ticketId"),
      title: try stored.text("title"), priceCents: try stored.number("price"),
      reservation: try stored.number("reservation", absent: 0), expiresAt: try stored.time("expiresAt"),
      createdAt: try stored.time("createdAt"), status: try stored.word("status"), attempt: try stored.number("attempt"),
      version: try stored.number("version"), isOverdue: try stored.flag("expired"),
      paymentID: try stored.optionalText("paymentId"), reason: try stored.optionalWord("reason"),
      reversalNote: try ReversalNote(stored))
  }

  func values(at now: UnixTime) -> [(String, RedisArgument)] {
    [
      ("id", .string(id)), ("userId", .string(userID)), ("ticketId", .string(ticketID)), ("title", .string(title)),
      ("price", .integer(priceCents)), ("reservation", .integer(reservation)), ("expiresAt", .time(expiresAt)),
      ("createdAt", .time(createdAt)), ("expired", isOverdue ? 1 : 0),
    ] + changingValues(at: now)
  }

  /// What a change may change; all of it is guarded by status and attempt.
  func changingValues(at now: UnixTime) -> [(String, RedisArgument)] {
    [
      ("status", .string(status.rawValue)), ("attempt", .integer(attempt)), ("version", .integer(version)),
      ("paymentId", .string(paymentID ?? "")), ("reason", .string(reason?.rawValue ?? "")), ("updatedAt", .time(now)),
    ]
  }
}

extension ReversalNote {
  /// nil where no reversal was ever told of.
  fileprivate init?(_ stored: StoredRecord) throws {
    guard stored.has("reversal") || stored.has("reversalAttempt") || stored.has("reversalVersion") else { return nil }
    self.init(
      reversal: try stored.word("reversal"), attempt: try stored.number("reversalAttempt"),
      version: try stored.number("reversalVersion"))
  }

  var values: [(String, RedisArgument)] {
    [
      ("reversal", .string(reversal.rawValue)), ("reversalAttempt", .integer(attempt)),
      ("reversalVersion", .integer(version)),
    ]
  }
}
