/// What happened to an order, as far as its ticket is concerned.
enum ReservationChange: Sendable, Hashable {
  case created, cancelled, completed

  /// The ticket after the event of an order; nil: it, or a later one, has been applied before.
  ///
  /// Orders has decided who holds the ticket, and each event tells the whole of it. So nothing is waited for: an order
  /// that is created takes the place of one whose end has not been heard of, and an order that is cancelled or complete
  /// need not have been heard of before.
  func applied(to ticket: Ticket, order: String, mark: OrderMark) throws(TicketError) -> Ticket? {
    if let heard = ticket.heard, heard >= mark { return nil }
    return switch self {
    case .created: try ticket.held(by: order, isSold: false, mark)
    case .cancelled: try ticket.held(by: nil, isSold: false, mark)
    case .completed: try ticket.held(by: order, isSold: true, mark)
    }
  }
}
