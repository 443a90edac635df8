/// What orders knows of a ticket: the latest that the tickets service has told of it. Whether it can be bought is not
/// among that, for orders decides it.
struct OfferedTicket: Sendable, Hashable {
  let id: String
  let title: String
  let priceCents: Int64
  /// The seller.
  let userID: String
  /// Of the last event that was applied.
  let version: Int64
  /// Of its last edit: title and price have been these since then.
  var editVersion: Int64 = 0
  /// How many orders it has had; orders' own count.
  var reservations: Int64 = 0
}
