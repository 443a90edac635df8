/// A ticket that somebody sells. Changes are made here, as values, and written by the store.
struct Ticket: Sendable, Hashable {
  let id: String
  private(set) var title: String
  private(set) var priceCents: Int64
  /// The owner.
  let userID: String
  /// The order that holds it; nil: it can be bought.
  private(set) var orderID: String?
  /// Paid: it stays with the order that holds it.
  private(set) var isSold: Bool
  /// 0 when created, one more with each change.
  private(set) var version: Int64

  init(
    id: String, title: String, priceCents: Int64, userID: String, orderID: String? = nil, isSold: Bool = false,
    version: Int64 = 0
  ) {
    self.id = id
    self.title = title
    self.priceCents = priceCents
    self.userID = userID
    self.orderID = orderID
    self.isSold = isSold
    self.version = version
  }

  var isAvailable: Bool { orderID == nil }

  /// The ticket after its owner's edit. A reserved ticket stays as its buyer saw it.
  func edited(_ draft: TicketDraft, by userID: String) throws(TicketError) -> Ticket {
    guard userID == self.userID else { throw .notOwner }
    guard isAvailable else { throw .reserved }
    var ticket = self
    ticket.title = draft.title
    ticket.priceCents = draft.priceCents
    ticket.version = try version.next()
    return ticket
  }

  /// The ticket as this order's; unchanged where it is so already. Orders has decided: where another order still
  /// holds the ticket here, that one is over, and the event that says so must be applied first.
  func reserved(by order: String) throws(TicketError) -> Ticket {
    guard let orderID else { return try held(by: order) }
    guard orderID == order else { throw .reserved }
    return self
  }

  /// The ticket that anybody can buy again; unchanged where this order does not hold it.
  func freed(from order: String) throws(TicketError) -> Ticket {
    orderID == order ? try held(by: nil) : self
  }

  /// The ticket that its order has paid; unchanged where this order does not hold it. That is no new version: who it
  /// belongs to was decided when it was reserved.
  func sold(to order: String) -> Ticket {
    guard orderID == order else { return self }
    var ticket = self
    ticket.isSold = true
    return ticket
  }

  private func held(by order: String?) throws(TicketError) -> Ticket {
    var ticket = self
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
