/// Who moves the money. No method throws: what goes wrong on the way is `unknown`, because the request may have been
/// carried out all the same. `key` marks a request so that the processor carries it out once.
protocol PaymentProcessor: Sendable {
  /// Makes an intent to charge, which charges nothing. The same key again: the same intent.
  func createIntent(_ order: ChargeOrder, key: String) async -> ProcessorReply
  /// Charges. Again: the same answer, and no second charge.
  func confirm(intent id: String, returningTo url: String, key: String) async -> ProcessorReply
  func retrieve(intent id: String) async -> ProcessorReply
  /// Answers where the intent stands afterwards, also where it can no longer be cancelled.
  func cancel(intent id: String) async -> ProcessorReply
  /// Gives all of it back that is still there, at most once.
  func refund(intent id: String, key: String) async -> RefundReply
  func retrieve(refund id: String) async -> RefundReply
}

/// What is to be charged: the same for one attempt each time, because the processor compares.
struct ChargeOrder: Sendable, Hashable {
  let attempt: AttemptID
  let paymentID: String
  let amountCents: Int64
  let token: CardToken

  init(_ attempt: Attempt) {
    self.attempt = attempt.id
    paymentID = attempt.paymentID
    amountCents = attempt.amountCents
    token = attempt.token
  }
}

/// The keys of an attempt's requests: `{order}:{n}:create`, `…:confirm`, `refund:{intent}`, each with `:2`, `:3` … at
/// its end where the one before is of no more use.
enum ProcessorKey {
  static func create(_ attempt: Attempt) -> String { numbered("\(attempt.id):create", attempt.keys.create) }
  static func confirm(_ attempt: Attempt) -> String { numbered("\(attempt.id):confirm", attempt.keys.confirm) }
  static func refund(_ attempt: Attempt, intent id: String) -> String { numbered("refund:\(id)", attempt.keys.refund) }

  private static func numbered(_ key: String, _ number: Int64) -> String { number > 1 ? "\(key):\(number)" : key }
}
