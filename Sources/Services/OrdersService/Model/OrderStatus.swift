/// Where an order stands. The raw value is what Redis holds and people read.
package enum OrderStatus: String, Sendable, CaseIterable {
  /// Waits to be paid, until it expires.
  case created
  /// An attempt to pay it is under way: it neither expires nor can be cancelled until the attempt's outcome is known.
  case awaitingPayment = "awaiting:payment"
  case complete
  case cancelled

  package var isFinal: Bool { self == .complete || self == .cancelled }
}

/// Why an order was cancelled. The raw value is what Redis holds and people read.
enum CancellationReason: String, Sendable, CaseIterable {
  case byOwner = "by-owner"
  case expired
  /// The outcome of a payment stayed unknown for too long.
  case paymentAbandoned = "payment-abandoned"
}
