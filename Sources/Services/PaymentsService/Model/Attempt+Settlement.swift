import Identifiers

/// What became of an attempt by an answer.
struct AttemptChange: Sendable, Hashable {
  var attempt: Attempt
  /// To be published with it, in one commit.
  var events: [PaymentEvent] = []
  /// The next step is for later (`retryTime`), not for now.
  var waits = false
}

extension Attempt {
  /// The attempt after a step's result; nil: it changes nothing, because the attempt has gone on meanwhile.
  /// `now` is the time of the decision, not of the step.
  func settled(by result: AttemptStepResult, now: UnixTime) -> AttemptChange? {
    switch result {
    case .began(let answer): began(answer)
    case .created(let answer): created(answer, now: now)
    case .confirmed(let answer): confirmed(answer, now: now)
    case .lookedUp(let answer): lookedUp(answer, now: now)
    case .cancelled(let answer): cancelled(answer, now: now)
    case .refunded(let answer): refunded(answer)
    case .refundLookedUp(let answer): refundLookedUp(answer)
    case .gaveUp: gaveUp(now: now)
    }
  }

  /// Whether an answer that was asked for before the attempt changed still counts: where it moves one on that nobody
  /// would ask about again. Of any other a new answer tells more: it knows of what has happened since.
  func isMoved(by result: AttemptStepResult, now: UnixTime) -> Bool {
    !isOpen && settled(by: result, now: now).map { $0.attempt.status != status } ?? false
  }

  /// Orders has no use for the money of a payment; nil: that is known already, or there is none.
  func refundRequested() -> AttemptChange? {
    status == .succeeded ? AttemptChange(attempt: moved(to: .refunding)) : nil
  }

  /// The processor says that something happened to the intent, or to its charge (`isOfCharge`: a refund, a dispute).
  /// nil: nothing can come of it.
  func heard(isOfCharge: Bool) -> Attempt? {
    guard stripeID != nil else { return nil }
    switch status {
    // A revision of its own: who drives it goes on from here, at once, and not from what was known before.
    case .pending, .abandoned, .refunding: return changed { $0.tries = 0 }
    // Not settled again, but looked at again.
    case .unsettled: return moved(to: .abandoned)
    case .declined, .closed: return doubted
    case .succeeded, .refunded: return isOfCharge ? doubted : nil
    case .refused: return nil
    }
  }

  private var doubted: Attempt {
    changed {
      $0.isDoubted = true
      $0.tries = 0
    }
  }

  private func began(_ answer: BeginAnswer) -> AttemptChange? {
    guard status == .pending, stripeID == nil else { return nil }
    switch answer {
    case .agreed: return AttemptChange(attempt: knowing { $0.hasBegun = true })
    // One that has begun in another's hands is not refused afterwards: orders gives the
    // same attempt the same answer again.
    case .refused(let refusal):
      var after = moved(to: .refused)
      after.orderRefusal = refusal
      return AttemptChange(attempt: after)
    case .unknown: return waiting
    }
  }

  private func created(_ answer: ProcessorAnswer, now: UnixTime) -> AttemptChange? {
    guard status == .pending, stripeID == nil else { return nil }
    switch answer {
    case .intent(let id, let state):
      guard now < giveUpAt else { return gaveUp(now: now) }
      var change = changed {
        $0.stripeID = id
        $0.tries = 0
        $0.keys.isSpoilt = false
      }.saw(state, now: now, isLast: false)
      // One change, one revision: who reads it between the two would see what never was.
      change?.attempt.revision = revision &+ 1
      return change
    case .declined(let reason): return declined(reason)
    // It may be one that is kept from a bad moment: asked once more.
    case .refused(let reason):
      return keys.create > 1 ? declined(reason) : AttemptChange(attempt: changed { $0.keys.create = 2 })
    // A search that finds no intent would prove nothing; but one that is made twice charges nothing.
    case .failed: return waiting.onNextCreateKey
    // Once it may be somebody's on the way.
    case .nonsense: return keys.isSpoilt ? waiting.onNextCreateKey : waiting.spoilt
    case .unknown: return waiting
    }
  }

  private func confirmed(_ answer: ProcessorAnswer, now: UnixTime) -> AttemptChange? {
    guard stripeID != nil else { return nil }
    switch answer {
    case .intent(let id, let state): return id == stripeID ? saw(state, now: now, isLast: true) : waitingIfOpen
    case .declined(let reason): return status == .pending ? declined(reason) : nil
    case .refused(let reason):
      guard status == .pending else { return nil }
      if keys.confirm <= 1, !keys.isSpoilt {
        return AttemptChange(
          attempt: changed {
            $0.keys.isSpoilt = true
            $0.knowledge.intent = nil
          })
      }
      // Nothing was charged by this request. An earlier one may have charged: the cancellation tells.
      return AttemptChange(
        attempt: changed {
          $0.refusal = $0.refusal ?? reason
          $0.knowledge.intent = .requiresConfirmation
        })
    case .failed, .nonsense: return waitingIfOpen?.spoilt
    case .unknown: return waitingIfOpen
    }
  }

  private func lookedUp(_ answer: ProcessorAnswer, now: UnixTime) -> AttemptChange? {
    guard stripeID != nil else { return nil }
    guard case .intent(let id, let state) = answer, id == stripeID else { return waitingIfOpen }
    return saw(state, now: now, isLast: false)
  }

  private func cancelled(_ answer: ProcessorAnswer, now: UnixTime) -> AttemptChange? {
    guard stripeID != nil else { return nil }
    if case .intent(let id, let state) = answer, id == stripeID, state.isFinal {
      return saw(state, now: now, isLast: true)
    }
    guard status == .pending, now >= giveUpAt else { return waitingIfOpen }
    return AttemptChange(attempt: moved(to: .abandoned), events: [.abandoned(id)], waits: true)
  }

  private func refunded(_ answer: RefundAnswer) -> AttemptChange? {
    guard status == .refunding else { return nil }
    switch answer {
    case .refund(let id, let state) where state.hasFailed: return followed(Refund(id: id, state: state))
    // The answer may be one that was kept from when the refund was made: what has become of it since, its id tells.
    case .refund(let id, _):
      return AttemptChange(attempt: changed { $0.refund = Refund(id: id, state: .pending) })
    case .alreadyBack, .unknown: return waiting
    case .refused, .failed, .nonsense: return waiting.spoilt
    }
  }

  private func refundLookedUp(_ answer: RefundAnswer) -> AttemptChange? {
    switch (status, answer) {
    case (.refunding, .refund(let id, let state)) where id == refund?.id:
      return followed(Refund(id: id, state: state))
    case (.refunded, .refund(let id, let state)) where isDoubted && id == refund?.id:
      return state.hasFailed ? owedAgain : undoubted
    default: return waitingIfOpen
    }
  }

  private func followed(_ refund: Refund) -> AttemptChange {
    switch refund.state {
    case .succeeded: return moneyBack(.refunded, by: refund)
    case .pending, .requiresAction:
      var change = waiting
      if change.attempt.status == .refunding { change.attempt.refund = refund }
      return change
    // Nothing went back: the next try is another refund, after a look.
    case .failed, .canceled:
      var change = waiting
      change.attempt.refund = nil
      change.attempt.keys.refund = Self.next(keys.refund)
      change.attempt.keys.isSpoilt = false
      return change
    }
  }

  private func gaveUp(now: UnixTime) -> AttemptChange? {
    switch status {
    case .pending where stripeID == nil && now >= giveUpAt:
      AttemptChange(attempt: moved(to: .closed), events: [.abandoned(id)])
    case .abandoned where stripeID == nil: AttemptChange(attempt: moved(to: .closed))
    default: nil
    }
  }
}

extension AttemptChange {
  /// The processor may keep this answer for the key.
  fileprivate var spoilt: AttemptChange {
    var copy = self
    if copy.waits { copy.attempt.keys.isSpoilt = true }
    return copy
  }

  fileprivate var onNextCreateKey: AttemptChange {
    var copy = self
    copy.attempt.keys.create = Attempt.next(attempt.keys.create)
    copy.attempt.keys.isSpoilt = false
    return copy
  }
}
