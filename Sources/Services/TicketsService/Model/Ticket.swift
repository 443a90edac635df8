/// A ticket that somebody sells. Changes are made here, as values, and written by the store.
struct Ticket: Sendable, Hashable {
  let id: String
  var title: String
  var priceCents: Int64
  /// The owner.
  let userID: String
  /// The order that holds it; nil: it can be bought.
  var orderID: String?
  /// Paid: it stays with the order that holds it.
  var isSold = false
  /// 0 when created, one more with each change.
  var version: Int64 = 0
  /// Of its last edit: title and price have been these since then.
  var editVersion: Int64 = 0
  /// The latest event of its orders that has been applied; nil: none.
  var heard: OrderMark?

  var isAvailable: Bool { orderID == nil }

  /// The ticket after its owner's edit, which was made from the version `expected` (nil: from whatever it is). A
  /// reserved ticket stays as its buyer saw it.
  func edited(_ draft: TicketDraft, by userID: String, expecting expected: Int64? = nil) throws(TicketError) -> Ticket {
    guard userID == self.userID else { throw .notOwner }
    if let expected, expected != version { throw .outdated(version: version) }
    guard isAvailable else { throw .reserved }
    var ticket = self
    ticket.title = draft.title
    ticket.priceCents = draft.priceCents
    ticket.version = try version.next()
    ticket.editVersion = ticket.version
    return ticket
  }

  /// The ticket as an event of its orders tells: held by an order, or by none (nil) and so for anybody to buy. A new
  /// version only where another holds it than before: that it is sold was decided when it was reserved.
  func held(by order: String?, isSold: Bool, _ mark: OrderMark) throws(TicketError) -> Ticket {
    var ticket = self
    ticket.heard = mark
    ticket.isSold = isSold
    guard order != orderID else { return ticket }
    ticket.orderID = order
    ticket.version = try version.next()
    return ticket
  }
}

extension Int64 {
  /// One more. A stored version at the end of its range is nothing that counting could have reached.
  fileprivate func next() throws(TicketError) -> Int64 {
    let (next, overflow) = addingReportingOverflow(1)
    guard !overflow else { throw .versionExhausted }
    return next
  }
}
