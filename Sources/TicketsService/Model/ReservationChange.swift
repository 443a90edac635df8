import EventBus

/// What happened to an order, as far as its ticket is concerned.
enum ReservationChange: Sendable, Hashable {
  case created, cancelled, completed
}

/// What is to be done at an order's event.
enum ReservationEffect: Sendable, Hashable {
  /// Mark the event as seen and write the ticket, if it has become another.
  case apply(Ticket)
  /// Write nothing.
  case leave(Application)
}

extension ReservationChange {
  /// Decides on the event of `version` of an order, where `seen` is the version last seen of it (nil: none) and
  /// `ticket` is the order's ticket (nil: not known yet).
  func effect(order: String, version: Int64, seen: Int64?, on ticket: Ticket?) throws(TicketError) -> ReservationEffect
  {
    let verdict = Application.verdict(on: version, seen: seen)
    guard let ticket else { return .leave(verdict ?? .gap) }
    if let verdict, !isOver(unseen: seen, version: version, ticket: ticket) { return .leave(verdict) }
    switch self {
    case .created:
      if let holder = ticket.orderID, holder != order { return .leave(.gap) }
      return .apply(try ticket.reserved(by: order))
    case .cancelled: return .apply(try ticket.freed(from: order))
    case .completed: return .apply(ticket.sold(to: order))
    }
  }

  /// The one exception to the chain rule: a cancellation whose order:created is still missing, for a ticket that has a
  /// later order. That order:created could only be applied once the later order is gone, which for a complete one is
  /// never; so the cancellation is marked as seen, and the order never has its turn.
  private func isOver(unseen seen: Int64?, version: Int64, ticket: Ticket) -> Bool {
    self == .cancelled && seen == nil && version == 1 && ticket.orderID != nil
  }
}
