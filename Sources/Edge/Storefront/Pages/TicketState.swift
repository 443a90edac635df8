import TicketingProto

/// What has become of a ticket, in words.
struct TicketState {
  let name: String
  /// The class for its colour.
  let badge: String
  let explanation: String

  init(_ ticket: TicketsV1.Ticket) {
    (name, badge, explanation) =
      if ticket.sold {
        ("Sold", "tone-good", "This ticket is sold.")
      } else if ticket.orderID.isEmpty {
        ("For sale", "tone-offer", "Anybody can buy this ticket.")
      } else {
        ("Reserved", "tone-wait", "Somebody is buying this ticket. If they do not pay in time, it is free again.")
      }
  }
}
