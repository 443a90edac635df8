import Identifiers

extension Attempt {
  /// What is to be done now, from what is stored and what this drive has learnt.
  func nextStep(now: UnixTime) -> AttemptStep {
    switch status {
    case .pending: pendingStep(now: now)
    case .abandoned: watchingStep
    case .refunding: refundingStep
    case .declined, .closed, .succeeded, .refunded: doubtStep
    case .refused, .unsettled: .none
    }
  }

  /// When to try again after a step that brought nothing: 1, 2, 4 … 60 seconds, each shortened by up to a quarter so
  /// that many attempts do not come back at once; but not later than the time to give up. What a refund's bank takes
  /// days for is asked once an hour in the end. `jitter` is in 0..<1.
  func retryTime(now: UnixTime, jitter: Double, pace: RetryPace) -> UnixTime {
    let isRefundUnderWay = refund?.state.hasFailed == false || status == .succeeded
    let longest = isRefundUnderWay ? pace.longestForRefund : pace.longest
    let retry = now.adding(pace.delay(tries: tries, jitter: jitter, longest: longest))
    guard status == .pending, now < giveUpAt else { return retry }
    return min(retry, giveUpAt)
  }

  private func pendingStep(now: UnixTime) -> AttemptStep {
    let isOver = now >= giveUpAt
    guard let stripeID else {
      // Only a confirmation charges, and there is none without an id.
      if isOver { return .giveUp }
      return knowledge.hasBegun ? .createIntent : .beginPayment
    }
    // What cancels also tells where it stands, where that is no longer possible.
    if isOver { return .cancelIntent(intent: stripeID) }
    switch knowledge.intent {
    case .requiresConfirmation where refusal == nil: return .confirm(intent: stripeID)
    case .requiresConfirmation, .requiresAction: return .cancelIntent(intent: stripeID)
    default: return .lookUp(intent: stripeID)
    }
  }

  private var watchingStep: AttemptStep {
    guard let stripeID else { return .giveUp }
    switch knowledge.intent {
    case .requiresPaymentMethod, .requiresConfirmation, .requiresAction: return .cancelIntent(intent: stripeID)
    default: return .lookUp(intent: stripeID)
    }
  }

  /// A look first, so that a refund whose answer was lost for ever is found.
  private var refundingStep: AttemptStep {
    guard let stripeID else { return .none }
    if let refund { return .lookUpRefund(id: refund.id) }
    return knowledge.intent == .succeeded ? .refund(intent: stripeID) : .lookUp(intent: stripeID)
  }

  private var doubtStep: AttemptStep {
    guard isDoubted, let stripeID else { return .none }
    if status == .refunded, let refund { return .lookUpRefund(id: refund.id) }
    return .lookUp(intent: stripeID)
  }
}

/// How long to wait after nothing became known: doubles from the first to the longest.
struct RetryPace: Sendable, Hashable {
  var first: Duration = .seconds(1)
  var longest: Duration = .seconds(60)
  var longestForRefund: Duration = .seconds(3600)

  /// `tries` failures in a row have been, this one included. `longest`: nil means that of the pace.
  func delay(tries: Int64, jitter: Double, longest: Duration? = nil) -> Duration {
    let doublings = Int(max(1, min(tries, 31)) - 1)
    let delay = min(longest ?? self.longest, first * (1 << doublings))
    return delay * (1 - max(0, min(jitter, 1)) / 4)
  }
}
