import Redis
import ServiceHost

/// What is known of a ticket as the fields of its hash.
enum TicketRecord {
  static let fields = ["id", "title", "price", "userId", "version", "editVersion", "reservations"]

  /// What the tickets service tells.
  static func values(of ticket: OfferedTicket) -> [(String, RedisArgument)] {
    [
      ("id", .string(ticket.id)), ("title", .string(ticket.title)), ("price", .integer(ticket.priceCents)),
      ("userId", .string(ticket.userID)), ("version", .integer(ticket.version)),
      ("editVersion", .integer(ticket.editVersion)),
    ]
  }

  /// nil where nothing is stored; throws `MalformedRecord` where what is stored is no ticket.
  static func ticket(from row: [RedisBytes?], at key: RedisKey) throws -> OfferedTicket? {
    guard row.contains(where: { $0 != nil }) else { return nil }
    guard row.count == fields.count, let id = row[0]?.string, let title = row[1]?.string, let price = row[2]?.int64,
      let userID = row[3]?.string, let version = row[4]?.int64
    else { throw MalformedRecord(key) }
    let (editVersion, reservations) = (row[5]?.int64, row[6]?.int64)
    guard (editVersion == nil) == (row[5] == nil), (reservations == nil) == (row[6] == nil) else {
      throw MalformedRecord(key)
    }
    return OfferedTicket(
      id: id, title: title, priceCents: price, userID: userID, version: version, editVersion: editVersion ?? 0,
      reservations: reservations ?? 0)
  }
}
