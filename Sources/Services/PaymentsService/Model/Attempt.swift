import Identifiers

/// One attempt to pay an order, from the decision to try to the last that is known of the money.
///
/// Its steps are `nextStep(now:)`, and what an answer makes of it is `settled(by:now:)`; both are pure, so that whoever
/// drives it (the handler's call, the resolver, a webhook's wake-up, a simulation) does the same.
struct Attempt: Sendable, Hashable {
  enum Status: String, Sendable, CaseIterable {
    /// The outcome is open. Nothing but this can charge.
    case pending
    /// The money is there, and orders has been told.
    case succeeded
    /// The processor refused; nothing was charged.
    case declined
    /// Orders refused before anything could be charged.
    case refused
    /// The outcome stayed unknown for too long. Orders has been told; the intent is watched on.
    case abandoned
    /// Abandoned, and certain never to be charged.
    case closed
    /// The money is there and must go back.
    case refunding
    /// The processor says that it is back.
    case refunded
    /// Asked for so long in vain that nobody asks any more: people must look. What the processor says of it by itself
    /// takes it up again.
    case unsettled
  }

  let id: AttemptID
  /// Of the payment that it becomes; a ULID, chosen with the attempt.
  let paymentID: String
  /// The order's owner.
  let userID: String
  let amountCents: Int64
  let createdAt: UnixTime
  /// From when on an outcome that is still unknown is given up.
  let giveUpAt: UnixTime
  /// Where a challenge sends the card holder back to; empty: nowhere.
  var returnURL = ""
  /// Of the request that began it, for the events.
  var trace = ""

  /// What the processor is to charge. Empty as soon as nothing can be charged any more.
  var token: CardToken
  var status = Status.pending
  /// The processor's id of the intent: stored before anything is confirmed, so nothing is charged while it is nil.
  var stripeID: String?
  /// Why it was declined; of a pending attempt, why its intent is being cancelled.
  var refusal: Decline?
  /// Why it was refused.
  var orderRefusal: OrderRefusal?
  /// What the card holder has to do before it can go on; only while it is pending.
  var challenge: Challenge?
  var keys = KeyNumbers()
  /// The refund that is under way, or by which the money went back. nil: none is known of.
  var refund: Refund?
  /// What has become of the charge, as the others have been told.
  var reversal = Reversal.none
  /// How many events of the payment have been published: the next one's version.
  var published: Int64 = 0
  /// How often in a row nothing became known.
  var tries: Int64 = 0
  /// The processor has spoken of it after it was over: it is looked up once more.
  var isDoubted = false
  /// One more with each change that is stored: what a change is compared with before it is written.
  var revision: Int64 = 0

  /// What this drive has learnt. Never stored: who takes over asks again, and looks an intent up before it confirms.
  var knowledge = Knowledge()

  /// Which of the keys of each step is in use, from 1. A key under which the processor keeps an error is of no more use:
  /// the next number is stored before it is used.
  struct KeyNumbers: Sendable, Hashable {
    var create: Int64 = 1
    var confirm: Int64 = 1
    var refund: Int64 = 1
    /// The last answer to the key in use is one that may be kept. Whether the next one is taken, a look-up decides.
    var isSpoilt = false
  }

  struct Refund: Sendable, Hashable {
    let id: String
    var state: RefundState
  }

  struct Knowledge: Sendable, Hashable {
    /// Orders holds the order for this attempt.
    var hasBegun = false
    /// Where the intent stood when the processor last answered.
    var intent: IntentState?
  }

  /// What is stored of it, for comparison.
  var stored: Attempt {
    var copy = self
    copy.knowledge = Knowledge()
    return copy
  }
}

/// Which attempt to pay which order; `<orderId>:<n>` where it is written.
package struct AttemptID: Sendable, Hashable, CustomStringConvertible {
  package let orderID: String
  /// From 1.
  package let number: Int64

  package init(orderID: String, number: Int64) {
    self.orderID = orderID
    self.number = number
  }

  package var description: String { "\(orderID):\(number)" }
}

extension AttemptID {
  /// Reads what `description` writes.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let number = Int64(text[text.index(after: colon)...]), number > 0,
      let orderID = ULID(text[..<colon])
    else { return nil }
    self.init(orderID: orderID.description, number: number)
  }
}

/// Why a payment was refused: the processor's word for programs and its sentence for people.
struct Decline: Sendable, Hashable {
  let code: String
  let message: String

  /// The card holder failed the bank's challenge, or gave up.
  static let authenticationFailed = Decline(
    code: "authentication_failed", message: "The card holder's authentication failed.")
  static let unexplained = Decline(code: "card_declined", message: "Your card was declined.")
  static let cancelled = Decline(code: "canceled", message: "The payment was cancelled at the processor")
  static let refundedMeanwhile = Decline(code: "refunded", message: "The payment was refunded at the processor")
}
