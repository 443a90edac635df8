import Identifiers
import Records

@testable import OrdersService
@testable import PaymentsService

extension SimulatedPayments {
  /// As in `AttemptDriver`.
  private static let maximumSteps = 24

  /// Goes on with an attempt until it has ended, or waits. Any number may do so at once.
  func drive(_ id: AttemptID, steps: Int = maximumSteps) {
    if steps == 0 { return world.violate("\(id) goes in circles") }
    world.step { [self] in
      if let attempt = attempts[id] { go(on: attempt, steps) }
    }
  }

  private func go(on attempt: Attempt, _ steps: Int) {
    if steps == 0 { return world.violate("\(attempt.id) goes in circles") }
    let settle = { [self] (result: AttemptStepResult) in self.settle(attempt, by: result, steps) }
    switch step(of: attempt) {
    case .none: resolve(attempt)
    case .giveUp: settle(.gaveUp)
    case .beginPayment: begin(attempt) { settle(.began($0)) }
    case .createIntent: world.stripe.create(attempt) { settle(.created(self.checked($0, attempt))) }
    case .confirm(let intent):
      world.stripe.confirm(intent, of: attempt) { settle(.confirmed(self.known(self.checked($0, attempt)))) }
    case .lookUp(let intent): world.stripe.lookUp(intent, of: attempt) { settle(.lookedUp(self.checked($0, attempt))) }
    case .cancelIntent(let intent) where world.isSabotaged(.abandonedWithoutCancelling):
      settle(.cancelled(.intent(id: intent, .canceled)))
    case .cancelIntent(let intent):
      world.stripe.cancel(intent, of: attempt) { settle(.cancelled(self.checked($0, attempt))) }
    case .refund(let intent): world.stripe.refund(intent, of: attempt) { settle(.refunded(self.checked($0, attempt))) }
    case .lookUpRefund(let id):
      world.stripe.lookUpRefund(id, of: attempt) { settle(.refundLookedUp(self.checked($0, attempt))) }
    }
  }

  /// Decides on the answer, and writes. Where something else was written meanwhile, it goes on from that; but an
  /// answer that says there is money is not lost.
  private func settle(_ attempt: Attempt, by result: AttemptStepResult, _ steps: Int) {
    world.step { [self] in
      guard let change = changed(attempt, by: result, steps) else {
        return world.isSabotaged(.confirmsBeforeIntentIsStored) ? () : drive(attempt.id, steps: steps - 1)
      }
      if isTaken(by: change, over: attempt) { return settle(attempt, by: .created(.nonsense), steps - 1) }
      if change.attempt.stored != attempt.stored, !write(change, over: attempt) {
        guard result.isMoney, let current = attempts[attempt.id], current.revision != attempt.revision,
          current.isMoved(by: result, now: clock.now) || world.isSabotaged(.staleAnswerEndsDoubt)
        else {
          return drive(attempt.id, steps: steps - 1)
        }
        return settle(current, by: result, steps - 1)
      }
      if !change.waits { go(on: change.attempt, steps - 1) }
    }
  }

  private func begin(_ attempt: Attempt, done: @escaping (BeginAnswer) -> Void) {
    let trigger = OrderTrigger.beginPayment(
      attempt: attempt.id.number, amountCents: attempt.amountCents, by: attempt.userID)
    let ask = { [self] (done: @escaping (BeginAnswer) -> Void) in
      world.after(0...100) { [self] in
        world.orders.apply(trigger, to: attempt.id.orderID) { decision in done(BeginAnswer(decision)) }
      }
    }
    guard world.happens(\.request) else {
      return ask { answer in self.world.step { done(answer) } }
    }
    // Lost on the way there, on the way back, or late: it runs when nobody waits for it any more.
    switch world.within(0...2) {
    case 0: break
    case 1: ask { _ in }
    default: world.after(2_000...70_000) { ask { _ in } }
    }
    world.after(3_000...5_000) { done(.unknown) }
  }
}

/// Steps without one of their guards.
extension SimulatedPayments {
  private func step(of attempt: Attempt) -> AttemptStep {
    let step = attempt.nextStep(now: world.isSabotaged(.neverAbandons) ? attempt.createdAt : clock.now)
    switch (world.sabotage, step) {
    case (.chargesWithoutBegin, .beginPayment): return .createIntent
    case (.challengeIsCancelled, .lookUp(let intent)) where attempt.challenge != nil:
      return .cancelIntent(intent: intent)
    default: return step
    }
  }

  private func checked(_ reply: ProcessorReply, _ attempt: Attempt) -> ProcessorAnswer {
    if world.isSabotaged(.answersAreNotChecked) { return reply.answer }
    return reply.checked(for: attempt, currency: SimulatedStripe.currency).answer
  }

  private func checked(_ reply: RefundReply, _ attempt: Attempt) -> RefundAnswer {
    if world.isSabotaged(.answersAreNotChecked) { return reply.answer }
    let answer = reply.checked(for: attempt, currency: SimulatedStripe.currency).answer
    if world.isSabotaged(.refundPendingIsDone), case .refund(let id, let state) = answer, !state.hasFailed {
      return .refund(id: id, .succeeded)
    }
    return answer
  }

  private func known(_ answer: ProcessorAnswer) -> ProcessorAnswer {
    guard world.isSabotaged(.unknownIsDeclined), answer == .unknown else { return answer }
    return .declined(.unexplained)
  }

  private func changed(_ attempt: Attempt, by result: AttemptStepResult, _ steps: Int) -> AttemptChange? {
    let now = world.isSabotaged(.neverAbandons) ? attempt.createdAt : clock.now
    var change = attempt.settled(by: result, now: now)
    switch (world.sabotage, result) {
    case (.beginRefusalIgnored, .began(.refused)): change = attempt.settled(by: .began(.agreed), now: now)
    case (.keptRefundIsBelieved, .refunded(.refund(let id, .succeeded))):
      change = attempt.moneyBack(.refunded, by: Attempt.Refund(id: id, state: .succeeded))
    case (.savedErrorIsTheEnd, _): change?.attempt.keys = attempt.keys
    case (.abandonedIsNotWatched, _) where change?.attempt.status == .abandoned:
      change?.attempt.status = .closed
    case (.confirmsBeforeIntentIsStored, .created(.intent(let id, _))) where change?.attempt.status == .pending:
      // Confirmed in passing: the answer is what counts, and only that is written.
      world.stripe.confirm(id, of: attempt) { reply in
        var attempt = attempt
        attempt.stripeID = id
        self.settle(attempt, by: .confirmed(self.checked(reply, attempt)), steps - 1)
      }
      return nil
    default: break
    }
    return change
  }
}

extension BeginAnswer {
  /// As the RPC answers.
  fileprivate init(_ decision: OrderDecision?) {
    self =
      switch decision {
      case .change, .nothing: .agreed
      case .refused(let error): OrderRefusal(error.rpcError).map { .refused($0) } ?? .unknown
      case .tooEarly, nil: .unknown
      }
  }
}
