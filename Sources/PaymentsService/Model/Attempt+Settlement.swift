import Identifiers

/// What became of an attempt by an answer.
struct Change: Sendable, Hashable {
  var attempt: Attempt
  /// To be published with it, in one commit.
  var events: [PaymentEvent] = []
  /// The next step is for later (`retryTime`), not for now.
  var waits = false
}

extension Attempt {
  /// The attempt after a step's result; nil: it changes nothing, because the attempt has gone on meanwhile.
  /// `now` is the time of the decision, not of the step.
  func settled(by result: StepResult, now: UnixTime) -> Change? {
    switch result {
    case .began(let answer): began(answer)
    case .created(let answer): created(answer, now: now)
    case .confirmed(let answer): confirmed(answer, now: now)
    case .lookedUp(let answer): lookedUp(answer, now: now)
    case .cancelled(let answer): cancelled(answer, now: now)
    case .refunded(let answer): refunded(answer)
    case .gaveUp: gaveUp(now: now)
    }
  }

  /// Orders has no use for the money of a payment; nil: that is known already, or there is none.
  func refundRequested() -> Change? {
    status == .succeeded ? Change(attempt: moved(to: .refunding)) : nil
  }

  /// The processor says that something happened to the intent. nil: it is looked up anyway, or nothing can come of it.
  func doubted() -> Attempt? {
    guard status == .declined || status == .closed, !isDoubted, stripeID != nil else { return nil }
    return changed { $0.isDoubted = true }
  }

  private func began(_ answer: BeginAnswer) -> Change? {
    guard status == .pending, stripeID == nil else { return nil }
    switch answer {
    case .agreed: return Change(attempt: knowing { $0.hasBegun = true })
    // One that has begun in another's hands is not refused afterwards: see DESIGN 5.
    case .refused(let reason): return Change(attempt: moved(to: .refused, because: reason))
    case .unknown: return waiting
    }
  }

  private func created(_ answer: ProcessorAnswer, now: UnixTime) -> Change? {
    guard status == .pending, stripeID == nil else { return nil }
    switch answer {
    case .intent(let id, let state):
      guard now < giveUpAt else { return gaveUp(now: now) }
      var change = changed {
        $0.stripeID = id
        $0.tries = 0
      }.saw(state, now: now, isLast: false)
      // One change, one revision: who reads it between the two would see what never was.
      change?.attempt.revision = revision &+ 1
      return change
    case .declined(let reason), .refused(let reason):
      return Change(attempt: moved(to: .declined, because: reason), events: [.declined(id, reason: reason.code)])
    case .unknown: return waiting
    }
  }

  private func confirmed(_ answer: ProcessorAnswer, now: UnixTime) -> Change? {
    guard stripeID != nil else { return nil }
    switch answer {
    case .intent(let id, let state): return id == stripeID ? saw(state, now: now, isLast: true) : waitingIfOpen
    case .declined(let reason): return status == .pending ? declined(reason) : nil
    case .refused(let reason):
      guard status == .pending else { return nil }
      // Nothing was charged by this request. An earlier one may have charged: the cancellation tells.
      return Change(
        attempt: changed {
          $0.refusal = $0.refusal ?? reason
          $0.knowledge.intent = .requiresConfirmation
        })
    case .unknown: return waitingIfOpen
    }
  }

  private func lookedUp(_ answer: ProcessorAnswer, now: UnixTime) -> Change? {
    guard stripeID != nil else { return nil }
    guard case .intent(let id, let state) = answer, id == stripeID else { return waitingIfOpen }
    return saw(state, now: now, isLast: false)
  }

  private func cancelled(_ answer: ProcessorAnswer, now: UnixTime) -> Change? {
    guard stripeID != nil else { return nil }
    if case .intent(let id, let state) = answer, id == stripeID, state.isFinal {
      return saw(state, now: now, isLast: true)
    }
    guard status == .pending, now >= giveUpAt else { return waitingIfOpen }
    return Change(attempt: moved(to: .abandoned), events: [.abandoned(id)], waits: true)
  }

  private func refunded(_ answer: RefundAnswer) -> Change? {
    guard status == .refunding else { return nil }
    guard answer == .done else { return waiting }
    return moneyBack
  }

  private func gaveUp(now: UnixTime) -> Change? {
    switch status {
    case .pending where stripeID == nil && now >= giveUpAt:
      Change(attempt: moved(to: .closed), events: [.abandoned(id)])
    case .abandoned where stripeID == nil: Change(attempt: moved(to: .closed))
    default: nil
    }
  }
}
