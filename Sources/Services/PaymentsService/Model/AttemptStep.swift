import Identifiers

/// What is to be done next for an attempt. Each step is safe to repeat, also by two at once. What marks each at the
/// processor is `ProcessorKey`.
enum AttemptStep: Sendable, Hashable {
  /// Ask orders to hold the order for this attempt.
  case beginPayment
  /// With the same parameters each time. An intent that is made twice charges nothing: only the one whose id is stored
  /// is ever confirmed.
  case createIntent
  /// Charge: the only step that can.
  case confirm(intent: String)
  case lookUp(intent: String)
  case cancelIntent(intent: String)
  case refund(intent: String)
  case lookUpRefund(id: String)
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
  /// The card holder has to do something.
  case requiresAction(Challenge)
  /// The bank has not answered, or another state from which it can still go either way.
  case processing
  /// The money is here.
  case succeeded
  /// It was, and all of it is on its way back by this refund.
  case refundPending(id: String)
  /// It was, and has gone back, or is contested.
  case reversed(Reversal)
  case canceled
}

extension IntentState {
  /// Nothing but a refund or a dispute changes it.
  var isFinal: Bool {
    switch self {
    case .succeeded, .reversed, .canceled: true
    default: false
    }
  }

  /// It was charged, whatever has become of it since.
  var isMoney: Bool {
    switch self {
    case .succeeded, .refundPending, .reversed: true
    default: false
    }
  }
}

/// What has become of a charge. The raw value is what Redis holds.
enum Reversal: String, Sendable, CaseIterable {
  case none = ""
  case partlyRefunded = "partly-refunded"
  case refunded
  /// The card holder contests it, and nothing is decided.
  case disputed
  /// The dispute is lost: the bank has taken the money back.
  case chargedBack = "charged-back"

  /// Nothing of the money is left.
  var isWhole: Bool { self == .refunded || self == .chargedBack }
}

/// What a card holder needs for a 3-D Secure challenge. Its description shows nothing of it, so that no log does.
struct Challenge: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// For the page's script.
  let clientSecret: String
  /// Where the card holder is asked. Empty: only by the script.
  let redirectURL: String

  var description: String { "(challenge)" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a step brought. Which step it was matters: a refused confirmation is not a refused cancellation.
enum AttemptStepResult: Sendable, Hashable {
  case began(BeginAnswer)
  case created(ProcessorAnswer)
  case confirmed(ProcessorAnswer)
  case lookedUp(ProcessorAnswer)
  case cancelled(ProcessorAnswer)
  case refunded(RefundAnswer)
  case refundLookedUp(RefundAnswer)
  case gaveUp
}

extension AttemptStepResult {
  /// It says that there is money, or was.
  var isMoney: Bool {
    switch self {
    case .created(let answer), .confirmed(let answer), .lookedUp(let answer), .cancelled(let answer): answer.isMoney
    case .began, .refunded, .refundLookedUp, .gaveUp: false
    }
  }
}

/// What orders said to BeginPayment.
enum BeginAnswer: Sendable, Hashable {
  case agreed
  /// Neither now nor later; the order does not wait for this attempt.
  case refused(OrderRefusal)
  case unknown
}

/// What the processor said to a request about an intent.
enum ProcessorAnswer: Sendable, Hashable {
  case intent(id: String, IntentState)
  /// The card was refused (402): nothing was charged.
  case declined(Decline)
  /// The request was refused as such, and had no effect.
  case refused(Decline)
  /// An error that says nothing of what happened, and that may come again for this key for as long as it is remembered.
  case failed
  /// An answer that cannot be read, or is about something else.
  case nonsense
  /// No answer: it may still be carried out.
  case unknown
}

/// A refund's state at the processor. The raw value is Stripe's, and what Redis holds.
enum RefundState: String, Sendable, CaseIterable {
  case pending
  case requiresAction = "requires_action"
  case succeeded
  /// It may also fail after it had succeeded: the money is here again.
  case failed
  case canceled

  var hasFailed: Bool { self == .failed || self == .canceled }
}

/// What the processor said to a request about a refund.
enum RefundAnswer: Sendable, Hashable {
  case refund(id: String, RefundState)
  /// Another one has given it all back, or is about to: the intent tells which.
  case alreadyBack
  /// The request was refused as such, and had no effect.
  case refused(Decline)
  /// As in `ProcessorAnswer`.
  case failed, nonsense, unknown
}
