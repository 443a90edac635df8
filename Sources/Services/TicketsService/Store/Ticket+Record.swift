import Records
import Redis

extension Ticket: Record {
  static func key(_ id: String) -> RedisKey { TicketKeys.ticket(id) }

  static let fields: RecordFields = [
    "id", "title", "price", "userId", "orderId", "version", "sold", "reservation", "orderVersion", "editVersion",
  ]

  init(_ stored: StoredRecord, id: String) throws {
    let reservation = try stored.optionalNumber("reservation")
    self.init(
      id: try stored.text("id"), title: try stored.text("title"), priceCents: try stored.number("price"),
      userID: try stored.text("userId"), orderID: try stored.optionalText("orderId"), isSold: stored.has("sold"),
      version: try stored.number("version"), editVersion: try stored.number("editVersion", absent: 0),
      heard: try reservation.map { OrderMark(reservation: $0, version: try stored.number("orderVersion")) })
  }

  var values: [(String, RedisArgument)] {
    [
      ("id", .string(id)), ("title", .string(title)), ("price", .integer(priceCents)), ("userId", .string(userID)),
      ("orderId", .string(orderID ?? "")), ("version", .integer(version)), ("editVersion", .integer(editVersion)),
    ] + (isSold ? [("sold", "1")] : [])
  }
}
