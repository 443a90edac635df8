/// What the processor said about an intent, as it came. It counts only once it is checked.
struct ProcessorReply: Sendable, Hashable {
  let answer: ProcessorAnswer
  /// Of the intent that came with it, in a failure too; nil: none came.
  var terms: IntentTerms?
}

/// What an intent is for, by the processor's own account. nil: it did not say.
struct IntentTerms: Sendable, Hashable {
  let intent: String
  var amountCents: Int64?
  /// Of an intent that has succeeded.
  var receivedCents: Int64?
  var currency: String?
  /// From the intent's metadata, as `createIntent` wrote it.
  var order: String?
  var attempt: String?
  var payment: String?
}

/// An answer that may be gone by.
struct CheckedAnswer<Answer: Sendable>: Sendable {
  let answer: Answer
  /// Why what came is not believed: for an error in the log. nil: it is.
  var objection: String?
}

extension ProcessorReply {
  /// The answer, where it is about what this attempt asked for; else `nonsense`. What is about another amount, currency,
  /// order, attempt or intent says nothing about this one, whatever it says.
  func checked(for attempt: Attempt, currency: String) -> CheckedAnswer<ProcessorAnswer> {
    guard let terms else {
      if case .intent = answer { return CheckedAnswer(answer: .nonsense, objection: "it does not say what it is for") }
      return CheckedAnswer(answer: answer)
    }
    guard let objection = terms.objection(to: attempt, currency: currency, isPaid: answer.isMoney) else {
      return CheckedAnswer(answer: answer)
    }
    return CheckedAnswer(answer: .nonsense, objection: objection)
  }
}

extension IntentTerms {
  fileprivate func objection(to attempt: Attempt, currency: String, isPaid: Bool) -> String? {
    if let stripeID = attempt.stripeID, stripeID != intent { return "it is about another intent" }
    if amountCents != attempt.amountCents { return "the amount is \(amountCents.map(String.init) ?? "not told")" }
    if self.currency?.lowercased() != currency { return "the currency is \(self.currency ?? "not told")" }
    if order != attempt.id.orderID { return "the order is \(order ?? "not told")" }
    if self.attempt != String(attempt.id.number) { return "the attempt is \(self.attempt ?? "not told")" }
    if isPaid, let receivedCents, receivedCents != attempt.amountCents { return "\(receivedCents) was received" }
    return nil
  }
}

/// What the processor said about a refund, as it came.
struct RefundReply: Sendable, Hashable {
  let answer: RefundAnswer
  var terms: RefundTerms?
}

struct RefundTerms: Sendable, Hashable {
  /// nil: it did not say.
  var intent: String?
  var amountCents: Int64?
  var currency: String?
}

extension RefundReply {
  /// The same for a refund. It may be of less than the attempt's amount: somebody may have given back a part before.
  func checked(for attempt: Attempt, currency: String) -> CheckedAnswer<RefundAnswer> {
    guard case .refund = answer else { return CheckedAnswer(answer: answer) }
    guard let objection = objection(to: attempt, currency: currency) else { return CheckedAnswer(answer: answer) }
    return CheckedAnswer(answer: .nonsense, objection: objection)
  }

  private func objection(to attempt: Attempt, currency: String) -> String? {
    guard let terms else { return "the refund does not say what it is of" }
    if terms.intent != attempt.stripeID { return "the refund is of \(terms.intent ?? "nothing")" }
    if terms.currency?.lowercased() != currency { return "the refund's currency is \(terms.currency ?? "not told")" }
    guard let amount = terms.amountCents, amount > 0, amount <= attempt.amountCents else {
      return "the refund's amount is \(terms.amountCents.map(String.init) ?? "not told")"
    }
    return nil
  }
}

extension ProcessorAnswer {
  /// It says that there is money, or was.
  var isMoney: Bool { if case .intent(_, let state) = self { state.isMoney } else { false } }
}
