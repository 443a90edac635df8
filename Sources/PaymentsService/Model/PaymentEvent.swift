/// What the payments service tells the others of an attempt.
enum PaymentEvent: Sendable, Hashable {
  case created(Receipt)
  case declined(AttemptID, reason: String)
  case abandoned(AttemptID)
  case refunded(Receipt)

  /// A payment whose money moved.
  struct Receipt: Sendable, Hashable {
    let paymentID: String
    let attempt: AttemptID
    let stripeID: String
    let amountCents: Int64

    init(_ attempt: Attempt) {
      paymentID = attempt.paymentID
      self.attempt = attempt.id
      stripeID = attempt.stripeID ?? ""
      amountCents = attempt.amountCents
    }
  }

  static func created(_ attempt: Attempt) -> PaymentEvent { .created(Receipt(attempt)) }
  static func refunded(_ attempt: Attempt) -> PaymentEvent { .refunded(Receipt(attempt)) }
}
