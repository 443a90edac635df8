import Identifiers

extension Attempt {
  /// What the state of its intent makes of it. `isLast`: the step was meant to bring an end, so if this is none, ask
  /// again later.
  func saw(_ state: IntentState, now: UnixTime, isLast: Bool) -> AttemptChange? {
    switch status {
    case .pending: pendingSaw(state, now: now, isLast: isLast)
    case .abandoned: abandonedSaw(state, isLast: isLast)
    case .refunding: refundingSaw(state)
    case .declined, .closed, .refused: endedSaw(state)
    case .succeeded: succeededSaw(state)
    case .refunded: refundedSaw(state)
    case .unsettled: nil
    }
  }

  private func pendingSaw(_ state: IntentState, now: UnixTime, isLast: Bool) -> AttemptChange? {
    switch state {
    case .succeeded: return paid(.none)
    case .reversed(let reversal): return reversal.isWhole ? declined(.refundedMeanwhile) : paid(reversal)
    case .requiresPaymentMethod(let reason): return declined(reason ?? .unexplained)
    case .canceled:
      guard now >= giveUpAt, refusal == nil else { return declined(refusal ?? .cancelled) }
      return AttemptChange(attempt: moved(to: .closed), events: [.abandoned(id)])
    case .requiresAction(let challenge) where refusal == nil: return waiting.with(challenge)
    case .requiresConfirmation where refusal == nil && !isLast && (keys.isSpoilt || challenge != nil):
      // Nothing has happened under the key in use, and nothing will; or what it led to is over.
      return AttemptChange(
        attempt: changed {
          $0.keys.confirm = Self.next($0.keys.confirm)
          $0.keys.isSpoilt = false
          $0.challenge = nil
          $0.knowledge.intent = state
        })
    case .requiresAction, .requiresConfirmation:
      return isLast ? waiting : AttemptChange(attempt: knowing { $0.intent = state })
    // Whether all of it goes back is not known yet: paid, or not paid, it is when that is known.
    case .processing, .refundPending: return waiting.with(nil)
    }
  }

  private func abandonedSaw(_ state: IntentState, isLast: Bool) -> AttemptChange? {
    switch state {
    case .succeeded: AttemptChange(attempt: moved(to: .refunding))
    case .reversed(let reversal): reversal.isWhole ? moneyBack(reversal) : AttemptChange(attempt: moved(to: .refunding))
    case .refundPending(let id): following(id)
    case .canceled: AttemptChange(attempt: moved(to: .closed))
    case .requiresPaymentMethod, .requiresConfirmation, .requiresAction:
      isLast ? waiting : AttemptChange(attempt: knowing { $0.intent = state })
    case .processing: waiting
    }
  }

  private func refundingSaw(_ state: IntentState) -> AttemptChange? {
    switch state {
    case .reversed(let reversal) where reversal.isWhole: moneyBack(reversal)
    case .succeeded, .reversed(.partlyRefunded), .reversed(.none): stillHere
    case .refundPending(let id): following(id)
    // A charge that is contested cannot be refunded. It had succeeded: what says otherwise is not believed.
    default: waiting
    }
  }

  /// A look-up has found that the money is not on its way back.
  private var stillHere: AttemptChange {
    guard keys.isSpoilt else { return AttemptChange(attempt: knowing { $0.intent = .succeeded }) }
    return AttemptChange(
      attempt: changed {
        $0.keys.refund = Self.next($0.keys.refund)
        $0.keys.isSpoilt = false
        $0.knowledge.intent = .succeeded
      })
  }

  /// Money that came after all is not kept. It should never be: what is declined or closed cannot be confirmed.
  private func endedSaw(_ state: IntentState) -> AttemptChange? {
    switch state {
    case .succeeded where stripeID != nil: AttemptChange(attempt: moved(to: .refunding))
    case .reversed(let reversal) where stripeID != nil && !reversal.isWhole:
      AttemptChange(attempt: moved(to: .refunding))
    case .refundPending(let id) where stripeID != nil: following(id)
    case .processing: waitingIfOpen
    default: undoubted
    }
  }

  /// Orders has the money's worth; what becomes of the charge at the processor is told, and left to people.
  private func succeededSaw(_ state: IntentState) -> AttemptChange? {
    guard isDoubted else { return nil }
    switch state {
    case .succeeded: return reversal == .none ? undoubted : told(.none)
    case .reversed(let reversal): return self.reversal == reversal ? undoubted : told(reversal)
    default: return waiting
    }
  }

  /// A refund may fail after it had succeeded.
  private func refundedSaw(_ state: IntentState) -> AttemptChange? {
    guard isDoubted else { return nil }
    switch state {
    case .succeeded, .reversed(.partlyRefunded), .reversed(.none): return owedAgain
    case .reversed(let reversal) where reversal.isWhole: return undoubted
    case .refundPending(let id):
      var change = owedAgain
      change.attempt.refund = Refund(id: id, state: .pending)
      return change
    default: return waiting
    }
  }
}

extension Attempt {
  /// In a row, nothing became known: about a day of asking.
  static let maximumTries: Int64 = 1_500

  func declined(_ reason: Decline) -> AttemptChange {
    AttemptChange(attempt: moved(to: .declined, because: reason), events: [.declined(id, reason: reason.code)])
  }

  private func paid(_ reversal: Reversal) -> AttemptChange {
    var after = moved(to: .succeeded)
    after.published = 1
    var events = [PaymentEvent.created(after)]
    if reversal != .none {
      after.reversal = reversal
      after.published = 2
      events.append(.reversed(after))
    }
    return AttemptChange(attempt: after, events: events)
  }

  func moneyBack(_ reversal: Reversal, by refund: Refund? = nil) -> AttemptChange {
    var after = moved(to: .refunded).told(as: reversal)
    after.refund = refund ?? after.refund.map { Refund(id: $0.id, state: .succeeded) }
    return AttemptChange(attempt: after, events: [.reversed(after)])
  }

  /// It was back, and is here again.
  var owedAgain: AttemptChange {
    var after = moved(to: .refunding).told(as: .none)
    after.refund = nil
    after.keys.refund = Self.next(keys.refund)
    return AttemptChange(attempt: after, events: [.reversed(after)])
  }

  private func told(_ reversal: Reversal) -> AttemptChange {
    var after = changed {
      $0.isDoubted = false
      $0.tries = 0
    }.told(as: reversal)
    after.revision = revision &+ 1
    return AttemptChange(attempt: after, events: [.reversed(after)])
  }

  private func told(as reversal: Reversal) -> Attempt {
    var copy = self
    copy.reversal = reversal
    copy.published = Self.next(published)
    return copy
  }

  /// Somebody's refund is under way: it is seen to its end.
  private func following(_ refundID: String) -> AttemptChange {
    var after = status == .refunding ? changed { $0.knowledge.intent = nil } : moved(to: .refunding)
    after.refund = Refund(id: refundID, state: .pending)
    after.keys.isSpoilt = false
    return AttemptChange(attempt: after)
  }

  /// Nothing became known: what was known of the intent may be out of date.
  var waiting: AttemptChange {
    let tries = min(max(0, tries), 1_000_000) + 1
    if tries > Self.maximumTries {
      switch status {
      case .abandoned, .refunding: return AttemptChange(attempt: moved(to: .unsettled))
      case .succeeded, .declined, .closed, .refunded: return undoubted ?? stillWaiting(tries)
      case .pending, .refused, .unsettled: break
      }
    }
    return stillWaiting(tries)
  }

  private func stillWaiting(_ tries: Int64) -> AttemptChange {
    AttemptChange(
      attempt: changed {
        $0.tries = tries
        $0.knowledge.intent = nil
      }, waits: true)
  }

  /// nil where nobody waits for an answer any more.
  var waitingIfOpen: AttemptChange? { isOpen ? waiting : nil }

  var undoubted: AttemptChange? {
    isDoubted
      ? AttemptChange(
        attempt: changed {
          $0.isDoubted = false
          $0.tries = 0
        }) : nil
  }

  /// Something is left to be found out or done.
  var isOpen: Bool {
    switch status {
    case .pending, .abandoned, .refunding: true
    case .declined, .closed, .succeeded, .refunded: isDoubted
    case .refused, .unsettled: false
    }
  }

  func moved(to status: Status, because reason: Decline? = nil) -> Attempt {
    changed {
      $0.status = status
      $0.refusal = reason ?? $0.refusal
      $0.token = .none
      $0.challenge = nil
      $0.keys.isSpoilt = false
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

  /// Clamped: what is stored may be anything.
  static func next(_ number: Int64) -> Int64 { number < .max ? number + 1 : number }
}

extension AttemptChange {
  /// nil: it is not for the card holder that it waits.
  fileprivate func with(_ challenge: Challenge?) -> AttemptChange {
    var copy = self
    if copy.attempt.status == .pending { copy.attempt.challenge = challenge }
    return copy
  }
}
