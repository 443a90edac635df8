/// What is to be done next for an attempt. Each step is safe to repeat, also by two at once.
enum Step: Sendable, Hashable {
  /// Ask orders to hold the order for this attempt.
  case beginPayment
  /// `{order}:{n}:create` as the idempotency key, and the same parameters each time.
  case createIntent
  /// Charge: the only step that can. `{order}:{n}:confirm` as the key.
  case confirm(intent: String)
  case lookUp(intent: String)
  case cancelIntent(intent: String)
  /// `refund:{intent}` as the key.
  case refund(intent: String)
  /// Asks nobody: the time is over, and nothing can have been charged. Its result is `gaveUp`.
  case giveUp
  /// Nothing is left to do.
  case none
}

/// Where an intent stands at the processor.
enum IntentState: Sendable, Hashable {
  /// The card was refused, and why.
  case requiresPaymentMethod(Decline?)
  case requiresConfirmation
  /// The card holder would have to do something.
  case requiresAction
  /// The bank has not answered, or another state from which it can still go either way.
  case processing
  case succeeded
  case canceled
  /// Succeeded, and all of it has gone back.
  case refunded
}

/// What a step brought. Which step it was matters: a refused confirmation is not a refused cancellation.
enum StepResult: Sendable, Hashable {
  case began(BeginAnswer)
  case created(ProcessorAnswer)
  case confirmed(ProcessorAnswer)
  case lookedUp(ProcessorAnswer)
  case cancelled(ProcessorAnswer)
  case refunded(RefundAnswer)
  case gaveUp
}

/// What orders said to BeginPayment.
enum BeginAnswer: Sendable, Hashable {
  case agreed
  /// Neither now nor later; the order does not wait for this attempt. The reason is orders' own.
  case refused(Decline)
  case unknown
}

/// What the processor said to a request about an intent.
enum ProcessorAnswer: Sendable, Hashable {
  case intent(id: String, IntentState)
  /// The card was refused (402): nothing was charged.
  case declined(Decline)
  /// The request was refused as such, and had no effect.
  case refused(Decline)
  /// No answer, or none that says what happened.
  case unknown
}

/// What the processor said to a refund.
enum RefundAnswer: Sendable, Hashable {
  /// The money is on its way back, by this request or an earlier one.
  case done
  case refused(Decline)
  case unknown
}
