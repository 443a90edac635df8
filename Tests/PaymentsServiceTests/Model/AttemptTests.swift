import Identifiers
import Testing

@testable import PaymentsService

/// The rules one by one.
@Suite struct AttemptTests {
  private let now = Attempt.start

  /// Drives an attempt by answers, and gives back the steps that they answered, the change of the last, and the events.
  private func drive(
    _ attempt: Attempt, at now: UnixTime = Attempt.start, _ results: [AttemptStepResult]
  ) throws -> (steps: [AttemptStep], last: Attempt, events: [PaymentEvent]) {
    var steps: [AttemptStep] = []
    var current = attempt
    var events: [PaymentEvent] = []
    for result in results {
      steps.append(current.nextStep(now: now))
      let change = try #require(current.settled(by: result, now: now), "\(result) changes nothing")
      current = change.attempt
      events += change.events
    }
    return (steps + [current.nextStep(now: now)], current, events)
  }

  @Test func `a card that pays: begin, create, confirm, in this order`() throws {
    let (steps, paid, events) = try drive(
      .sample(),
      [
        .began(.agreed), .created(.intent(id: "pi_1", .requiresConfirmation)),
        .confirmed(.intent(id: "pi_1", .succeeded)),
      ])
    #expect(steps == [.beginPayment, .createIntent, .confirm(intent: "pi_1"), .none])
    #expect(paid.status == .succeeded && paid.stripeID == "pi_1" && paid.token == .none)
    #expect(events == [.created(paid)])
  }

  @Test func `orders says no: nothing is created, nothing is published`() throws {
    let (steps, refused, events) = try drive(.sample(), [.began(.refused(.expired))])
    #expect(steps == [.beginPayment, .none])
    #expect(refused.status == .refused && refused.orderRefusal == .expired && events.isEmpty)
  }

  @Test(arguments: [
    AttemptStepResult.created(.declined(.unexplained))
  ])
  func `a card that is refused before there is an intent`(result: AttemptStepResult) throws {
    let (_, declined, events) = try drive(.sample(begun: true), [result])
    #expect(declined.status == .declined && events == [.declined(declined.id, reason: "card_declined")])
  }

  @Test(arguments: [
    AttemptStepResult.confirmed(.declined(.unexplained)),
    .confirmed(.intent(id: "pi_1", .requiresPaymentMethod(.unexplained))),
    .confirmed(.intent(id: "pi_1", .requiresPaymentMethod(nil))),
  ])
  func `a card that is refused`(result: AttemptStepResult) throws {
    let (steps, declined, events) = try drive(.sample(intent: "pi_1", seen: .requiresConfirmation), [result])
    #expect(steps == [.confirm(intent: "pi_1"), .none])
    #expect(declined.status == .declined && declined.refusal == .unexplained)
    #expect(events == [.declined(declined.id, reason: "card_declined")])
  }

  @Test func `who takes over looks the intent up before it confirms`() {
    let stored = Attempt.sample(intent: "pi_1", begun: true, seen: .requiresConfirmation).stored
    #expect(stored.nextStep(now: now) == .lookUp(intent: "pi_1"))
  }

  @Test func `an answer that is lost is looked up, and confirmed again only where it had no effect`() throws {
    let pending = Attempt.sample(intent: "pi_1", seen: .requiresConfirmation)
    let lost = try #require(pending.settled(by: .confirmed(.unknown), now: now))
    #expect(lost.waits && lost.attempt.tries == 1)
    #expect(lost.attempt.nextStep(now: now) == .lookUp(intent: "pi_1"))

    let paid = lost.attempt.settled(by: .lookedUp(.intent(id: "pi_1", .succeeded)), now: now)
    #expect(paid?.attempt.status == .succeeded)
    let untouched = lost.attempt.settled(by: .lookedUp(.intent(id: "pi_1", .requiresConfirmation)), now: now)
    #expect(untouched?.attempt.nextStep(now: now) == .confirm(intent: "pi_1"))
    // Looking up is no progress: a confirmation that fails for ever comes back more and more slowly.
    #expect(untouched?.attempt.tries == 1)
  }

  @Test func `a creation that fails for ever has charged nothing: closed, and orders is told`() throws {
    let (steps, closed, events) = try drive(.sample(begun: true), at: Attempt.late, [.gaveUp])
    #expect(steps == [.giveUp, .none])
    #expect(closed.status == .closed && events == [.abandoned(closed.id)])
    // The answer of a creation that comes after that is of no use, so nobody confirms it.
    #expect(closed.settled(by: .created(.intent(id: "pi_1", .requiresConfirmation)), now: now) == nil)
  }

  @Test func `a creation that is answered too late is not confirmed`() throws {
    let result = AttemptStepResult.created(.intent(id: "pi_1", .requiresConfirmation))
    let change = try #require(Attempt.sample(begun: true).settled(by: result, now: Attempt.late))
    #expect(change.attempt.status == .closed && change.attempt.nextStep(now: Attempt.late) == .none)
  }

  @Test func `an outcome unknown for too long: the intent is cancelled, and that is the end`() throws {
    let (steps, closed, events) = try drive(
      .sample(intent: "pi_1"), at: Attempt.late, [.cancelled(.intent(id: "pi_1", .canceled))])
    #expect(steps == [.cancelIntent(intent: "pi_1"), .none])
    #expect(closed.status == .closed && events == [.abandoned(closed.id)])
  }

  @Test func `what cannot be cancelled because it succeeded is a payment`() throws {
    let (_, paid, events) = try drive(
      .sample(intent: "pi_1"), at: Attempt.late, [.cancelled(.intent(id: "pi_1", .succeeded))])
    #expect(paid.status == .succeeded && events == [.created(paid)])
  }

  @Test func `abandoned, it is watched on, and a late success goes back once`() throws {
    let (steps, refunded, events) = try drive(
      .sample(intent: "pi_1"), at: Attempt.late,
      [
        .cancelled(.unknown), .lookedUp(.unknown), .lookedUp(.intent(id: "pi_1", .processing)),
        .lookedUp(.intent(id: "pi_1", .succeeded)), .lookedUp(.intent(id: "pi_1", .succeeded)), .refunded(.unknown),
        .lookedUp(.intent(id: "pi_1", .succeeded)), .refunded(.refund(id: "re_1", .succeeded)),
        .refundLookedUp(.refund(id: "re_1", .succeeded)),
      ])
    let look = AttemptStep.lookUp(intent: "pi_1")
    let refund = AttemptStep.refund(intent: "pi_1")
    let follow = AttemptStep.lookUpRefund(id: "re_1")
    #expect(steps == [.cancelIntent(intent: "pi_1"), look, look, look, look, refund, look, refund, follow, .none])
    #expect(refunded.status == .refunded)
    #expect(events == [.abandoned(refunded.id), .reversed(refunded)])
  }

  @Test func `abandoned and never charged, it is cancelled and closed`() throws {
    let (steps, closed, events) = try drive(
      .sample(.abandoned, intent: "pi_1"), at: Attempt.late,
      [.lookedUp(.intent(id: "pi_1", .requiresConfirmation)), .cancelled(.intent(id: "pi_1", .canceled))])
    #expect(steps == [.lookUp(intent: "pi_1"), .cancelIntent(intent: "pi_1"), .none])
    #expect(closed.status == .closed && events.isEmpty)
  }

  @Test func `a refund whose answer is lost for ever is found by the look-up`() throws {
    let (_, refunded, events) = try drive(
      .sample(.refunding, intent: "pi_1"),
      [
        .lookedUp(.intent(id: "pi_1", .succeeded)), .refunded(.unknown),
        .lookedUp(.intent(id: "pi_1", .reversed(.refunded))),
      ])
    #expect(refunded.status == .refunded && events == [.reversed(refunded)])
  }

  @Test func `a card that wants its holder waits for the challenge, and is paid or declined as that ends`() throws {
    let asked = try #require(
      Attempt.sample(intent: "pi_1", seen: .requiresConfirmation)
        .settled(by: .confirmed(.intent(id: "pi_1", .requiresAction(.sample))), now: now))
    #expect(asked.waits && asked.events.isEmpty)
    #expect(asked.attempt.status == .pending && asked.attempt.challenge == .sample)
    #expect(asked.attempt.nextStep(now: now) == .lookUp(intent: "pi_1"))
    // It is not cancelled before its time, whatever is unknown meanwhile.
    let unknown = try #require(asked.attempt.settled(by: .lookedUp(.unknown), now: now))
    #expect(unknown.waits && unknown.attempt.challenge == .sample)
    let paid = unknown.attempt.settled(by: .lookedUp(.intent(id: "pi_1", .succeeded)), now: now)
    #expect(paid?.attempt.status == .succeeded && paid?.attempt.challenge == nil)
    let failed = unknown.attempt.settled(
      by: .lookedUp(.intent(id: "pi_1", .requiresPaymentMethod(.authenticationFailed))), now: now)
    #expect(failed?.attempt.status == .declined && failed?.attempt.refusal == .authenticationFailed)
    #expect(unknown.attempt.nextStep(now: Attempt.late) == .cancelIntent(intent: "pi_1"))
  }

  @Test func `a confirmation that is refused twice as such is made certain by the cancellation`() throws {
    let reason = Decline(code: "resource_missing", message: "The card was not accepted")
    let refused = Attempt.sample(intent: "pi_1", seen: .requiresConfirmation)
    let twice: [AttemptStepResult] = [
      .confirmed(.refused(reason)), .lookedUp(.intent(id: "pi_1", .requiresConfirmation)), .confirmed(.refused(reason)),
    ]
    let (steps, declined, _) = try drive(refused, twice + [.cancelled(.intent(id: "pi_1", .canceled))])
    let confirm = AttemptStep.confirm(intent: "pi_1")
    #expect(steps == [confirm, .lookUp(intent: "pi_1"), confirm, .cancelIntent(intent: "pi_1"), .none])
    #expect(declined.status == .declined && declined.refusal == reason && declined.keys.confirm == 2)
    let (_, paid, _) = try drive(refused, twice + [.cancelled(.intent(id: "pi_1", .succeeded))])
    #expect(paid.status == .succeeded)
  }

  @Test func `a creation that fails, or is refused once, is tried under the next key; a lost one under the same`()
    throws
  {
    let begun = Attempt.sample(begun: true)
    let failed = try #require(begun.settled(by: .created(.failed), now: now))
    #expect(
      failed.waits && failed.attempt.keys.create == 2 && ProcessorKey.create(failed.attempt).hasSuffix(":create:2"))
    #expect(begun.settled(by: .created(.unknown), now: now)?.attempt.keys.create == 1)
    let nonsense = try #require(begun.settled(by: .created(.nonsense), now: now)).attempt
    #expect(nonsense.keys.create == 1)
    #expect(nonsense.settled(by: .created(.nonsense), now: now)?.attempt.keys.create == 2)
    let refused = try #require(begun.settled(by: .created(.refused(.unexplained)), now: now))
    #expect(!refused.waits && refused.attempt.keys.create == 2 && refused.attempt.status == .pending)
    #expect(refused.attempt.settled(by: .created(.refused(.unexplained)), now: now)?.attempt.status == .declined)
  }

  @Test func `a confirmation or a refund takes the next key only where a look-up shows that nothing happened`() throws {
    let confirming = Attempt.sample(intent: "pi_1", seen: .requiresConfirmation)
    let failed = try #require(confirming.settled(by: .confirmed(.failed), now: now)).attempt
    #expect(failed.keys.confirm == 1 && failed.nextStep(now: now) == .lookUp(intent: "pi_1"))
    #expect(failed.settled(by: .lookedUp(.unknown), now: now)?.attempt.keys.confirm == 1)
    let again = try #require(
      failed.settled(by: .lookedUp(.intent(id: "pi_1", .requiresConfirmation)), now: now)
    ).attempt
    #expect(again.keys.confirm == 2 && again.revision == failed.revision + 1)
    #expect(again.nextStep(now: now) == .confirm(intent: "pi_1"))
    let lost = try #require(confirming.settled(by: .confirmed(.unknown), now: now)).attempt
    #expect(
      lost.settled(by: .lookedUp(.intent(id: "pi_1", .requiresConfirmation)), now: now)?.attempt.keys.confirm == 1)

    let refunding = Attempt.sample(.refunding, intent: "pi_1", seen: .succeeded)
    for answer in [RefundAnswer.failed, .nonsense, .refused(.unexplained)] {
      let failed = try #require(refunding.settled(by: .refunded(answer), now: now)).attempt
      #expect(failed.keys.refund == 1 && failed.nextStep(now: now) == .lookUp(intent: "pi_1"))
      let again = failed.settled(by: .lookedUp(.intent(id: "pi_1", .succeeded)), now: now)?.attempt
      #expect(again?.keys.refund == 2 && again?.nextStep(now: now) == .refund(intent: "pi_1"))
    }
  }

  @Test func `a refund is followed until it is through, and made again where it failed`() throws {
    let refunding = Attempt.sample(.refunding, intent: "pi_1", seen: .succeeded)
    // Not even a success is believed at once: the answer may have been kept from before it failed.
    for state in [RefundState.pending, .requiresAction, .succeeded] {
      let change = try #require(refunding.settled(by: .refunded(.refund(id: "re_1", state)), now: now))
      #expect(change.events.isEmpty && change.attempt.status == .refunding)
      #expect(change.attempt.nextStep(now: now) == .lookUpRefund(id: "re_1"))
      let through = change.attempt.settled(by: .refundLookedUp(.refund(id: "re_1", .succeeded)), now: now)
      #expect(through?.attempt.status == .refunded && through?.events.map(\.name) == ["reversed"])
      let failed = try #require(change.attempt.settled(by: .refundLookedUp(.refund(id: "re_1", .failed)), now: now))
      #expect(failed.waits && failed.attempt.status == .refunding && failed.attempt.keys.refund == 2)
      #expect(failed.attempt.nextStep(now: now) == .lookUp(intent: "pi_1"))
    }
    // It may also fail after it had succeeded.
    let made = try #require(refunding.settled(by: .refunded(.refund(id: "re_1", .pending)), now: now)).attempt
    let refunded = try #require(made.settled(by: .refundLookedUp(.refund(id: "re_1", .succeeded)), now: now)).attempt
    #expect(refunded.heard(isOfCharge: false) == nil)
    let doubted = try #require(refunded.heard(isOfCharge: true))
    let owed = try #require(doubted.settled(by: .refundLookedUp(.refund(id: "re_1", .failed)), now: now))
    #expect(owed.attempt.status == .refunding && owed.attempt.keys.refund == 2 && owed.attempt.reversal == .none)
    #expect(owed.events == [.reversed(owed.attempt)])
  }

  @Test func `a refund or a dispute of a payment that orders has is told, and nothing else`() throws {
    var paid = Attempt.sample(.succeeded, intent: "pi_1")
    paid.published = 1
    for reversal in Reversal.allCases where reversal != .none {
      let doubted = try #require(paid.heard(isOfCharge: true))
      let told = try #require(doubted.settled(by: .lookedUp(.intent(id: "pi_1", .reversed(reversal))), now: now))
      #expect(told.attempt.status == .succeeded && told.attempt.reversal == reversal && !told.attempt.isOpen)
      #expect(told.events == [.reversed(told.attempt)] && told.events.first?.paymentVersion == 1)
      let over = try #require(told.attempt.heard(isOfCharge: true))
      let back = over.settled(by: .lookedUp(.intent(id: "pi_1", .succeeded)), now: now)
      #expect(back?.attempt.reversal == Reversal.none && back?.events.first?.paymentVersion == 2)
    }
  }

  @Test(arguments: [Attempt.Status.abandoned, .refunding])
  func `what is asked for in vain for a day is given up for people, and taken up when the processor speaks`(
    status: Attempt.Status
  ) throws {
    let tired = Attempt.sample(status, intent: "pi_1", tries: Attempt.maximumTries)
    let change = try #require(tired.settled(by: .lookedUp(.unknown), now: now))
    #expect(change.attempt.status == .unsettled && !change.attempt.isOpen)
    #expect(change.attempt.nextStep(now: now) == .none)
    #expect(change.attempt.heard(isOfCharge: false)?.nextStep(now: now) == .lookUp(intent: "pi_1"))
  }

  @Test func `while the bank thinks, the attempt waits`() throws {
    let confirming = Attempt.sample(intent: "pi_1", seen: .requiresConfirmation)
    let change = try #require(confirming.settled(by: .confirmed(.intent(id: "pi_1", .processing)), now: now))
    #expect(change.waits && change.events.isEmpty && change.attempt.status == .pending)
  }

  @Test func `another one's intent says nothing`() throws {
    let pending = Attempt.sample(intent: "pi_1")
    let change = try #require(pending.settled(by: .lookedUp(.intent(id: "pi_2", .succeeded)), now: now))
    #expect(change.waits && change.attempt.status == .pending && change.events.isEmpty)
  }

  @Test func `orders asks for the money back, once`() throws {
    let refunding = try #require(Attempt.sample(.succeeded, intent: "pi_1").refundRequested()).attempt
    #expect(refunding.status == .refunding && refunding.nextStep(now: now) == .lookUp(intent: "pi_1"))
    for status in Attempt.Status.allCases where status != .succeeded {
      #expect(Attempt.sample(status, intent: "pi_1").refundRequested() == nil)
    }
  }

  @Test(arguments: [Attempt.Status.declined, .closed])
  func `what is over is looked up when the processor speaks of it, and unexpected money goes back`(
    status: Attempt.Status
  ) throws {
    let doubted = try #require(Attempt.sample(status, intent: "pi_1").heard(isOfCharge: false))
    #expect(doubted.nextStep(now: now) == .lookUp(intent: "pi_1"))
    let paid = doubted.settled(by: .lookedUp(.intent(id: "pi_1", .succeeded)), now: now)
    #expect(paid?.attempt.status == .refunding && paid?.events.isEmpty == true)
    let quiet = doubted.settled(by: .lookedUp(.intent(id: "pi_1", .canceled)), now: now)
    #expect(quiet?.attempt.status == status && quiet?.attempt.nextStep(now: now) == AttemptStep.none)
  }

  @Test(arguments: [
    (Int64(1), 0.0, 1.0), (2, 0, 2), (3, 0, 4), (6, 0, 32), (7, 0, 60), (.max, 0, 60), (0, 0, 1), (.min, 0, 1),
    (1, 1, 0.75), (7, 0.999_999, 45), (7, 5, 45), (7, -5, 60),
  ])
  func `the pace doubles from one second to sixty, less a jitter`(tries: Int64, jitter: Double, seconds: Double) {
    let delay = RetryPace().delay(tries: tries, jitter: jitter)
    #expect(abs(delay / .seconds(1) - seconds) < 0.001)
  }

  @Test func `the next try is not later than the time to give up`() {
    let nearlyOver = UnixTime(milliseconds: Attempt.late.milliseconds - 5000)
    let attempt = Attempt.sample(intent: "pi_1", tries: 20)
    #expect(attempt.retryTime(now: nearlyOver, jitter: 0, pace: RetryPace()) == Attempt.late)
    #expect(attempt.retryTime(now: Attempt.late, jitter: 0, pace: RetryPace()) > Attempt.late)
    #expect(
      attempt.retryTime(now: UnixTime(milliseconds: .max), jitter: 0, pace: RetryPace()).milliseconds
        == UnixTime.latest.milliseconds)
  }
}
