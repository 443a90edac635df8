import Records
import Redis

extension OfferedTicket: Record {
  static func key(_ id: String) -> RedisKey { OrderKeys.ticket(id) }

  static let fields: RecordFields = ["id", "title", "price", "userId", "version", "editVersion", "reservations"]

  init(_ stored: StoredRecord, id: String) throws {
    self.init(
      id: try stored.text("id"), title: try stored.text("title"), priceCents: try stored.number("price"),
      userID: try stored.text("userId"), version: try stored.number("version"),
      editVersion: try stored.number("editVersion", absent: 0),
      reservations: try stored.number("reservations", absent: 0))
  }

  /// What the tickets service tells.
  var values: [(String, RedisArgument)] {
    [
      ("id", .string(id)), ("title", .string(title)), ("price", .integer(priceCents)), ("userId", .string(userID)),
      ("version", .integer(version)), ("editVersion", .integer(editVersion)),
    ]
  }
}
