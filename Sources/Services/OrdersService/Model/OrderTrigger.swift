/// What may change an order that is there.
enum OrderTrigger: Sendable, Hashable {
  /// Its owner does not want it any more.
  case cancel(by: String)
  /// The payments service is going to charge `amountCents` for an attempt of `by`.
  case beginPayment(attempt: Int64, amountCents: Int64, by: String)
  /// payment:created
  case paymentCreated(paymentID: String, attempt: Int64)
  /// payment:declined
  case paymentDeclined(attempt: Int64)
  /// payment:abandoned
  case paymentAbandoned(attempt: Int64)
  /// expiration:complete, or found overdue by the sweeper.
  case timeIsOver
}
