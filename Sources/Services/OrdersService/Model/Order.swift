import Identifiers

/// A reservation of a ticket. Changes are made in the model, as values, and written by the store.
///
/// What decides is `status`, `attempt` and the time. `attempt` never falls, so a pair of status and attempt that was
/// left never comes back: whoever guards a write by both needs no other lock.
struct Order: Sendable, Hashable {
  let id: String
  /// The buyer.
  let userID: String
  let ticketID: String
  /// Title and price as they were when the ticket was reserved: what the buyer saw is what the buyer pays.
  let title: String
  let priceCents: Int64
  /// How many orders the ticket has had with this one: of two orders of a ticket, the later has the higher number.
  var reservation: Int64 = 0
  /// Until when it can be paid.
  let expiresAt: UnixTime
  let createdAt: UnixTime
  var status: OrderStatus
  /// The highest attempt to pay it that is known; 0: none.
  var attempt: Int64
  /// How many of its changes have been published: 0 when created, 1 when complete or cancelled.
  var version: Int64
  /// The timer went off while a payment was under way.
  var isOverdue = false
  /// Of a complete order.
  var paymentID: String?
  /// Of a cancelled order.
  var reason: CancellationReason?
  /// The newest that is known of a payment of it, which may be another than the one that completed it.
  var reversalNote: ReversalNote?

  /// What has become of the payment that completed it.
  var reversal: OrderReversal {
    guard status == .complete, let note = reversalNote, note.attempt == attempt else { return .none }
    return note.reversal
  }

  /// Reserves `ticket` for a user, who has `window` from `now` on to pay.
  static func reserving(
    _ ticket: OfferedTicket, as id: String, for userID: String, window: Duration, at now: UnixTime
  ) -> Order {
    Order(
      id: id, userID: userID, ticketID: ticket.id, title: ticket.title, priceCents: ticket.priceCents,
      reservation: min(max(0, ticket.reservations), .max - 1) + 1, expiresAt: now.adding(window), createdAt: now,
      status: .created, attempt: 0, version: 0)
  }
}
