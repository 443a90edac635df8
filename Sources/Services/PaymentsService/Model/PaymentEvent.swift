/// What the payments service tells the others of an attempt.
enum PaymentEvent: Sendable, Hashable {
  case created(Receipt)
  case declined(AttemptID, reason: String)
  case abandoned(AttemptID)
  /// What has become of the charge has changed.
  case reversed(Receipt)

  /// A payment whose money moved.
  struct Receipt: Sendable, Hashable {
    let paymentID: String
    let attempt: AttemptID
    let stripeID: String
    let amountCents: Int64
    let reversal: Reversal
    /// Of the payment, from 0 for its first event.
    let version: Int64

    init(_ attempt: Attempt) {
      paymentID = attempt.paymentID
      self.attempt = attempt.id
      stripeID = attempt.stripeID ?? ""
      amountCents = attempt.amountCents
      reversal = attempt.reversal
      version = attempt.published &- 1
    }
  }

  static func created(_ attempt: Attempt) -> PaymentEvent { .created(Receipt(attempt)) }
  static func reversed(_ attempt: Attempt) -> PaymentEvent { .reversed(Receipt(attempt)) }
}
