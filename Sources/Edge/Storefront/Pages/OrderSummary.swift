import Identifiers
import Money
import TicketingProto

/// An order in the words of its page and of the list.
struct OrderSummary {
  private let order: OrdersV1.Order
  private let currency: Currency

  init(_ order: OrdersV1.Order, _ currency: Currency) {
    self.order = order
    self.currency = currency
  }

  var fields: Fields {
    let words = words
    return [
      "id": order.id, "name": order.ticket?.title ?? "", "price": currency.text(order.ticket?.priceCents ?? 0),
      "status": words.status, "badge": words.badge,
    ]
  }

  func details(now: UnixTime) -> Fields {
    let seconds = secondsLeft(now)
    let words = words
    var fields = fields
    fields.merge([
      "statusName": words.name, "explanation": words.explanation, "ticketID": order.ticket?.id ?? "",
      "isOpen": order.status == .created || order.status == .awaitingPayment,
      "isPayable": order.status == .created, "isConfirming": order.status == .awaitingPayment,
      "isCancelled": order.status == .cancelled,
      "secondsLeft": String(seconds), "timeLeft": Self.clock(seconds),
      // Without scripts the page asks again: soon for an answer that is due, else when the time is over.
      "refresh": order.status == .created ? String(seconds + 2) : "3",
    ]) { $1 }
    if order.status == .complete, !order.paymentID.isEmpty { fields["receipt"] = order.paymentID }
    return fields
  }

  /// Rounded up, and never below 0.
  private func secondsLeft(_ now: UnixTime) -> Int64 {
    let (left, overflow) = order.expiresAtTime.subtractingReportingOverflow(now.milliseconds)
    return overflow || left <= 0 ? 0 : (left - 1) / 1000 + 1
  }

  /// `14:59`
  static func clock(_ seconds: Int64) -> String {
    let rest = seconds % 60
    return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
  }

  private var words: (name: String, status: String, badge: String, explanation: String) {
    switch order.status {
    case .created: ("created", "Reserved", "tone-wait", "The ticket is held for you until the time is over.")
    case .awaitingPayment:
      ("awaiting:payment", "Confirming", "tone-info", "The payment is being confirmed. This page will tell.")
    case .complete: ("complete", paid.status, paid.badge, paid.explanation)
    case .cancelled: ("cancelled", cancelled.status, "tone-quiet", cancelled.explanation)
    default: ("", "Unknown", "tone-quiet", "")
    }
  }

  private var paid: (status: String, badge: String, explanation: String) {
    switch order.reversal {
    case .refunded: ("Refunded", "tone-quiet", "The payment was given back to you.")
    case .partlyRefunded: ("Partly refunded", "tone-quiet", "A part of the payment was given back to you.")
    case .disputed: ("Disputed", "tone-wait", "The payment is disputed with your bank.")
    case .chargedBack: ("Charged back", "tone-quiet", "Your bank has taken the payment back.")
    default: ("Paid", "tone-good", "The ticket is yours.")
    }
  }

  private var cancelled: (status: String, explanation: String) {
    switch order.cancellationReason {
    case .expired: ("Expired", "The time to pay is over. Nothing was charged.")
    case .paymentAbandoned:
      ("Cancelled", "The payment could not be confirmed in time. If it was charged, it is refunded.")
    default: ("Cancelled", "You cancelled this order. Nothing was charged.")
    }
  }
}
