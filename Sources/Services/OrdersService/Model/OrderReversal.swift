/// What has become of a complete order's payment since. The raw value is what Redis holds and people read.
package enum OrderReversal: String, Sendable, CaseIterable {
  case none = ""
  case partlyRefunded = "partly-refunded"
  case refunded
  /// The card holder contests the charge, and nothing is decided.
  case disputed
  /// The dispute was lost: the bank has taken the money back.
  case chargedBack = "charged-back"
}

/// A reversal as the payments service tells of it, with what orders it among others.
struct ReversalNote: Sendable, Hashable {
  let reversal: OrderReversal
  /// Of the order, which payment it is.
  let attempt: Int64
  /// Of the payment.
  let version: Int64

  /// A later attempt's is newer than all of an earlier one's: of those orders keeps none that it could show.
  func isNewer(than other: ReversalNote?) -> Bool {
    guard let other else { return true }
    return (attempt, version) > (other.attempt, other.version)
  }
}
