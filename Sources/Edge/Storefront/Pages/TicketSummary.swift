import Money
import TicketingProto

/// A ticket in the words of its page and of its seller's list.
enum TicketSummary {
  static func fields(_ ticket: TicketsV1.Ticket, _ currency: Currency) -> Fields {
    let (status, badge, explanation) = state(ticket)
    return [
      "id": ticket.id, "name": ticket.title, "price": currency.text(ticket.priceCents), "status": status,
      "badge": badge, "explanation": explanation,
    ]
  }

  /// What has become of it, the class for the colour of that, and what it means.
  private static func state(_ ticket: TicketsV1.Ticket) -> (status: String, badge: String, explanation: String) {
    if ticket.sold { return ("Sold", "tone-good", "This ticket is sold.") }
    if ticket.orderID.isEmpty { return ("For sale", "tone-offer", "Anybody can buy this ticket.") }
    return ("Reserved", "tone-wait", "Somebody is buying this ticket. If they do not pay in time, it is free again.")
  }
}
