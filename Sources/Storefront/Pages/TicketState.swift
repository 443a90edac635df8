import TicketingProto

/// What has become of a ticket, in words.
struct TicketState {
  let name: String
  /// Bootstrap's class for its colour.
  let badge: String
  let explanation: String

  init(_ ticket: TicketsV1.Ticket) {
    (name, badge, explanation) =
      if ticket.sold {
        ("Sold", "text-bg-success", "This ticket is sold.")
      } else if ticket.orderID.isEmpty {
        ("For sale", "text-bg-primary", "Anybody can buy this ticket.")
      } else {
        ("Reserved", "text-bg-warning", "Somebody is buying this ticket. If they do not pay in time, it is free again.")
      }
  }
}
