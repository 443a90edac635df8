import Identifiers

extension Attempt {
  /// What the state of its intent makes of it. `isLast`: the step was meant to bring an end, so if this is none, ask
  /// again later.
  func saw(_ state: IntentState, now: UnixTime, isLast: Bool) -> Change? {
    switch status {
    case .pending: pendingSaw(state, now: now, isLast: isLast)
    case .abandoned: abandonedSaw(state, isLast: isLast)
    case .refunding: refundingSaw(state)
    case .declined, .closed, .refused: endedSaw(state)
    case .succeeded, .refunded: nil
    }
  }

  private func pendingSaw(_ state: IntentState, now: UnixTime, isLast: Bool) -> Change? {
    switch state {
    case .succeeded: return Change(attempt: moved(to: .succeeded), events: [.created(self)])
    case .requiresPaymentMethod(let reason): return declined(reason ?? .unexplained)
    case .refunded: return declined(.refundedMeanwhile)
    case .canceled:
      guard now >= giveUpAt, refusal == nil else { return declined(refusal ?? .cancelled) }
      return Change(attempt: moved(to: .closed), events: [.abandoned(id)])
    case .requiresAction where refusal == nil:
      return Change(
        attempt: changed {
          $0.refusal = .authenticationRequired
          $0.knowledge.intent = state
        })
    case .requiresAction, .requiresConfirmation:
      return isLast ? waiting : Change(attempt: knowing { $0.intent = state })
    case .processing: return waiting
    }
  }

  private func abandonedSaw(_ state: IntentState, isLast: Bool) -> Change? {
    switch state {
    case .succeeded: Change(attempt: moved(to: .refunding))
    case .refunded: moneyBack
    case .canceled: Change(attempt: moved(to: .closed))
    case .requiresPaymentMethod, .requiresConfirmation, .requiresAction:
      isLast ? waiting : Change(attempt: knowing { $0.intent = state })
    case .processing: waiting
    }
  }

  private func refundingSaw(_ state: IntentState) -> Change? {
    switch state {
    case .refunded: moneyBack
    case .succeeded: Change(attempt: knowing { $0.intent = state })
    // It had succeeded: what says otherwise is not believed, and asked again.
    default: waiting
    }
  }

  /// Money that came after all is not kept. It should never be: what is declined or closed cannot be confirmed.
  private func endedSaw(_ state: IntentState) -> Change? {
    switch state {
    case .succeeded where stripeID != nil: Change(attempt: moved(to: .refunding))
    case .processing: waitingIfOpen
    default: isDoubted ? Change(attempt: changed { $0.isDoubted = false }) : nil
    }
  }
}

extension Attempt {
  func declined(_ reason: Decline) -> Change {
    Change(attempt: moved(to: .declined, because: reason), events: [.declined(id, reason: reason.code)])
  }

  var moneyBack: Change { Change(attempt: moved(to: .refunded), events: [.refunded(self)]) }

  /// Nothing became known: what was known of the intent may be out of date.
  var waiting: Change {
    Change(
      attempt: changed {
        $0.tries = min(max(0, $0.tries), 1_000_000) + 1
        $0.knowledge.intent = nil
      }, waits: true)
  }

  /// nil where nobody waits for an answer any more.
  var waitingIfOpen: Change? { isOpen ? waiting : nil }

  /// Something is left to be found out or done.
  var isOpen: Bool {
    switch status {
    case .pending, .abandoned, .refunding: true
    case .declined, .closed: isDoubted
    case .succeeded, .refused, .refunded: false
    }
  }

  func moved(to status: Status, because reason: Decline? = nil) -> Attempt {
    changed {
      $0.status = status
      $0.refusal = reason ?? $0.refusal
      $0.token = .none
      $0.tries = 0
      $0.isDoubted = false
      $0.knowledge.intent = nil
    }
  }

  func changed(_ body: (inout Attempt) -> Void) -> Attempt {
    var copy = self
    body(&copy)
    copy.revision = revision &+ 1
    return copy
  }

  func knowing(_ body: (inout Knowledge) -> Void) -> Attempt {
    var copy = self
    body(&copy.knowledge)
    return copy
  }
}

extension IntentState {
  /// Nothing but a refund changes it.
  var isFinal: Bool { self == .succeeded || self == .canceled || self == .refunded }
}
