import Identifiers

/// The state machine: a pure function of the order, the trigger and the time by the clock of the store.
extension Order {
  func decide(_ trigger: OrderTrigger, at now: UnixTime) -> OrderDecision {
    switch trigger {
    case .cancel(let userID): cancel(by: userID)
    case .beginPayment(let attempt, let amount, let userID): beginPayment(attempt, amount, by: userID, at: now)
    case .paymentCreated(let paymentID, let attempt): paid(by: paymentID, attempt)
    case .paymentDeclined(let attempt): declined(attempt, at: now)
    case .paymentAbandoned(let attempt): abandoned(attempt, at: now)
    case .timeIsOver: timeIsOver(at: now)
    }
  }

  private func cancel(by userID: String) -> OrderDecision {
    guard userID == self.userID else { return .refused(.notOwner) }
    switch status {
    case .created: return cancelled(.byOwner)
    case .awaitingPayment: return .refused(.paymentInProgress)
    case .complete: return .refused(.complete)
    case .cancelled: return .nothing
    }
  }

  /// A refusal holds for ever: the attempt that it refuses is over and may never charge anything.
  private func beginPayment(_ attempt: Int64, _ amountCents: Int64, by userID: String, at now: UnixTime)
    -> OrderDecision
  {
    guard userID == self.userID else { return .refused(.notOwner) }
    if status == .complete { return .refused(.complete) }
    if status == .cancelled { return .refused(.cancelled) }
    guard amountCents == priceCents else { return .refused(.amountMismatch) }
    if status == .awaitingPayment, attempt == self.attempt { return .nothing }
    // A later attempt takes the place of an earlier one: the payments service has seen that one fail, and told of it.
    guard attempt > self.attempt else { return .refused(.attemptOver) }
    guard now < expiresAt else { return .refused(.expired) }
    return change(condition: .beforeExpiry) { order in
      order.status = .awaitingPayment
      order.attempt = attempt
    }
  }

  private func paid(by paymentID: String, _ attempt: Int64) -> OrderDecision {
    if status == .complete, self.paymentID == paymentID { return .nothing }
    guard awaits(attempt) else {
      return .change(
        OrderChange(
          before: self, order: self, publication: .refundRequested(paymentID: paymentID, attempt: attempt)))
    }
    return publish(.completed(paymentID: paymentID)) { order in
      order.status = .complete
      order.paymentID = paymentID
    }
  }

  private func declined(_ attempt: Int64, at now: UnixTime) -> OrderDecision {
    awaits(attempt) ? payableAgain(after: attempt, at: now) : .nothing
  }

  private func abandoned(_ attempt: Int64, at now: UnixTime) -> OrderDecision {
    if awaits(attempt) { return cancelled(.paymentAbandoned) }
    guard attempt > self.attempt else { return .nothing }
    switch status {
    // It never began here; now it cannot any more.
    case .created: return change { $0.attempt = attempt }
    // The same, and the attempt that did begin has failed, or there would be none after it.
    case .awaitingPayment: return payableAgain(after: attempt, at: now)
    case .complete, .cancelled: return .nothing
    }
  }

  private func timeIsOver(at now: UnixTime) -> OrderDecision {
    switch status {
    case .created: return now < expiresAt ? .tooEarly : cancelled(.expired, condition: .atOrAfterExpiry)
    case .awaitingPayment: return isOverdue ? .nothing : change { $0.isOverdue = true }
    case .complete, .cancelled: return .nothing
    }
  }
}

extension Order {
  private func awaits(_ attempt: Int64) -> Bool { status == .awaitingPayment && attempt == self.attempt }

  /// No attempt up to this one is under way any more: the order can be paid again, unless its time has run out.
  private func payableAgain(after attempt: Int64, at now: UnixTime) -> OrderDecision {
    guard now < expiresAt else {
      return cancelled(.expired, after: attempt, condition: .atOrAfterExpiry)
    }
    return change(condition: .beforeExpiry) { order in
      order.status = .created
      order.attempt = attempt
    }
  }

  private func cancelled(_ reason: CancellationReason, after attempt: Int64? = nil, condition: TimeCondition = .always)
    -> OrderDecision
  {
    publish(.cancelled(reason), condition: condition) { order in
      order.status = .cancelled
      order.reason = reason
      order.attempt = attempt ?? order.attempt
    }
  }

  private func change(condition: TimeCondition = .always, _ edit: (inout Order) -> Void) -> OrderDecision {
    var order = self
    edit(&order)
    return .change(OrderChange(before: self, order: order, condition: condition))
  }

  /// A change that others hear of, and so has a version of its own.
  private func publish(
    _ publication: OrderPublication, condition: TimeCondition = .always, _ edit: (inout Order) -> Void
  ) -> OrderDecision {
    var order = self
    let (version, overflows) = version.addingReportingOverflow(1)
    guard !overflows else { return .refused(.versionExhausted) }
    order.version = version
    edit(&order)
    return .change(OrderChange(before: self, order: order, condition: condition, publication: publication))
  }
}
