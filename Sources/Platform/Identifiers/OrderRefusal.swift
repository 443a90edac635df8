/// Why orders lets nothing be charged for an order, now or later. The raw value is the reason that goes over the wire
/// (BeginPayment in orders.proto), that payments keeps with the attempt, and that the payer's program reads.
package enum OrderRefusal: String, Sendable, CaseIterable {
  case notFound = "ORDER_NOT_FOUND"
  case notOwner = "NOT_OWNER"
  case complete = "ORDER_COMPLETE"
  case cancelled = "ORDER_CANCELLED"
  case expired = "ORDER_EXPIRED"
  case amountMismatch = "AMOUNT_MISMATCH"
  case attemptOver = "ATTEMPT_OVER"

  /// For people.
  package var message: String {
    switch self {
    case .notFound: "Order not found"
    case .notOwner: "Not authorized"
    case .complete: "The order is paid"
    case .cancelled: "The order is cancelled"
    case .expired: "The time to pay the order is over"
    case .amountMismatch: "The amount is not the order's price"
    case .attemptOver: "This attempt to pay the order is over"
    }
  }
}
