/// Who moves the money. No method throws: what goes wrong on the way is `unknown`, because the request may have been
/// carried out all the same.
protocol PaymentProcessor: Sendable {
  /// Makes an intent to charge, which charges nothing. The same order again: the same intent.
  func createIntent(_ order: ChargeOrder) async -> ProcessorAnswer
  /// Charges. Again: the same answer, and no second charge.
  func confirm(intent id: String, of attempt: AttemptID) async -> ProcessorAnswer
  func retrieve(intent id: String) async -> ProcessorAnswer
  /// Answers where the intent stands afterwards, also where it can no longer be cancelled.
  func cancel(intent id: String) async -> ProcessorAnswer
  /// Gives all of it back, at most once.
  func refund(intent id: String) async -> RefundAnswer
}

/// What is to be charged: the same for one attempt each time, because the processor compares.
struct ChargeOrder: Sendable, Hashable {
  let attempt: AttemptID
  let amountCents: Int64
  let token: CardToken

  init(_ attempt: Attempt) {
    self.attempt = attempt.id
    amountCents = attempt.amountCents
    token = attempt.token
  }
}

/// What marks a request so that the processor carries it out once.
enum ProcessorKey {
  static func create(_ attempt: AttemptID) -> String { "\(attempt):create" }
  static func confirm(_ attempt: AttemptID) -> String { "\(attempt):confirm" }
  static func refund(intent id: String) -> String { "refund:\(id)" }
}
