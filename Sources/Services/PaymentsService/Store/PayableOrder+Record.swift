import Records
import Redis

extension PayableOrder: Record {
  static func key(_ id: String) -> RedisKey { PaymentKeys.order(id) }

  static let fields: RecordFields = ["userId", "price", "status", "version", "attempt", "attemptStatus"]

  init(_ stored: StoredRecord, id: String) throws {
    self.init(
      id: id, userID: try stored.text("userId"), priceCents: try stored.number("price"),
      status: try stored.word("status"), version: try stored.number("version"))
    guard let number = try stored.optionalNumber("attempt") else { return }
    attempt = number
    attemptStatus = try stored.word("attemptStatus")
  }

  /// What events, or orders itself, tell of it.
  var replicaValues: [(String, RedisArgument)] {
    [
      ("userId", .string(userID)), ("price", .integer(priceCents)), ("status", .string(status.rawValue)),
      ("version", .integer(version)),
    ]
  }
}
