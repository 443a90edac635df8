import Identifiers
import Testing

@testable import PaymentsService

/// Every state with every result: what holds whatever happens.
@Suite struct AttemptTableTests {
  typealias Status = Attempt.Status

  private static let moves: [Status: Set<Status>] = [
    .pending: [.succeeded, .declined, .refused, .abandoned, .closed], .succeeded: [.refunding],
    .declined: [.refunding], .refused: [.refunding],
    .abandoned: [.closed, .refunding, .refunded, .unsettled],
    .closed: [.refunding],
    // A refund may fail after it had succeeded.
    .refunding: [.refunded, .unsettled], .refunded: [.refunding], .unsettled: [],
  ]

  private static let times = [
    Attempt.start, Attempt.late, UnixTime(milliseconds: .min), UnixTime(milliseconds: .max),
  ]

  @Test(arguments: Status.allCases)
  func `every result leads to an allowed state, tells each event once and keeps what is fixed`(status: Status) {
    for before in Attempt.everyState where before.status == status {
      for now in Self.times {
        let possible = Set(AttemptStepResult.possible(after: before.nextStep(now: now)))
        for result in AttemptStepResult.every {
          guard let change = before.settled(by: result, now: now) else { continue }
          let problems = Self.problems(of: change, after: before)
          if !problems.isEmpty { Issue.record("\(before) by \(result): \(problems)") }
          guard possible.contains(result) else { continue }
          if !change.waits, change.attempt == before { Issue.record("\(before) goes in circles by \(result)") }
        }
      }
    }
  }

  private static func problems(of change: AttemptChange, after before: Attempt) -> [String] {
    let after = change.attempt
    var problems: [String] = []
    func require(_ isSo: Bool, _ what: String) { if !isSo { problems.append(what) } }
    if after.status != before.status {
      require(moves[before.status]?.contains(after.status) == true, "becomes \(after.status)")
      require(after.token == .none, "keeps its token")
    }
    require(change.events.map(\.name) == events(from: before, to: after), "tells \(change.events)")
    // Versions without a hole.
    let versions = change.events.compactMap(\.paymentVersion)
    require(versions == Array(before.published..<max(before.published, after.published)), "tells \(versions)")
    require(after.challenge == nil || after.status == .pending, "keeps its challenge")
    require(before.stripeID == nil || after.stripeID == before.stripeID, "has another intent")
    require(
      after.id == before.id && after.paymentID == before.paymentID && after.amountCents == before.amountCents
        && after.giveUpAt == before.giveUpAt && after.createdAt == before.createdAt, "changes what is fixed")
    // What is stored is written under a new revision, what is not stored is not written.
    require(after.stored == before.stored || after.revision == before.revision &+ 1, "keeps its revision")
    return problems
  }

  private static func events(from before: Attempt, to after: Attempt) -> [String] {
    switch (before.status, after.status) {
    case (.pending, .succeeded): after.reversal == .none ? ["created"] : ["created", "reversed"]
    case (.succeeded, .succeeded): before.reversal == after.reversal ? [] : ["reversed"]
    case (.pending, .declined): ["declined"]
    case (.pending, .abandoned), (.pending, .closed): ["abandoned"]
    case (.refunding, .refunded), (.abandoned, .refunded), (.refunded, .refunding): ["reversed"]
    default: []
    }
  }

  @Test func `only a pending attempt whose intent is stored and seen unconfirmed is confirmed, and only in time`() {
    for attempt in Attempt.everyState {
      for now in Self.times {
        guard case .confirm(let intent) = attempt.nextStep(now: now) else { continue }
        #expect(attempt.status == .pending && attempt.stripeID == intent && now < attempt.giveUpAt)
        #expect(attempt.refusal == nil && attempt.knowledge.intent == .requiresConfirmation)
      }
    }
  }

  @Test func `what is over has no next step, and what is open has one`() {
    for attempt in Attempt.everyState {
      for now in Self.times {
        let step = attempt.nextStep(now: now)
        switch attempt.status {
        case .refused, .unsettled: #expect(step == .none)
        case .declined, .closed, .succeeded, .refunded:
          #expect((step == .none) == !(attempt.isDoubted && attempt.stripeID != nil))
        case .pending, .abandoned: #expect(step != .none)
        // Nothing was ever charged without an intent, so no such record is ours.
        case .refunding: #expect((step == .none) == (attempt.stripeID == nil))
        }
      }
    }
  }

  /// From the start, by any answers, until nothing new is found.
  @Test func `money that came belongs to a payment that orders heard of, or goes back`() {
    var seen: Set<Attempt> = []
    var open = [Attempt.sample()]
    while let attempt = open.popLast() {
      for now in [Attempt.start, Attempt.late] {
        for result in AttemptStepResult.possible(after: attempt.nextStep(now: now)) {
          guard var next = attempt.settled(by: result, now: now)?.attempt else { continue }
          if result.meansMoney { #expect([.succeeded, .refunding].contains(next.status), "\(attempt) by \(result)") }
          next.tries = next.tries > 1 ? Attempt.maximumTries : next.tries
          next.revision = 0
          next.published = min(next.published, 2)
          next.keys.create = min(next.keys.create, 2)
          next.keys.confirm = min(next.keys.confirm, 2)
          next.keys.refund = min(next.keys.refund, 2)
          for heard in [next.heard(isOfCharge: false), next.heard(isOfCharge: true)] {
            guard var heard else { continue }
            heard.revision = 0
            if seen.insert(heard).inserted { open.append(heard) }
          }
          if seen.insert(next).inserted { open.append(next) }
        }
      }
    }
    #expect(Set(seen.map(\.status)) == Set(Status.allCases))
  }
}

extension PaymentEvent {
  var name: String {
    switch self {
    case .created: "created"
    case .declined: "declined"
    case .abandoned: "abandoned"
    case .reversed: "reversed"
    }
  }

  /// Of the payment; nil: it is about the attempt.
  var paymentVersion: Int64? {
    switch self {
    case .created(let receipt), .reversed(let receipt): receipt.version
    case .declined, .abandoned: nil
    }
  }
}

extension AttemptStepResult {
  /// What can come of a step, foreign intents left out.
  static func possible(after step: AttemptStep) -> [AttemptStepResult] {
    every.filter { result in
      switch (step, result) {
      case (.beginPayment, .began), (.giveUp, .gaveUp), (.refund, .refunded), (.lookUpRefund, .refundLookedUp): true
      case (.createIntent, .created(let answer)), (.confirm, .confirmed(let answer)),
        (.lookUp, .lookedUp(let answer)), (.cancelIntent, .cancelled(let answer)):
        if case .intent(let id, _) = answer { id == "pi_1" } else { true }
      default: false
      }
    }
  }

  /// The processor says that it has charged.
  var meansMoney: Bool {
    switch self {
    case .confirmed(let answer), .lookedUp(let answer), .cancelled(let answer):
      answer == .intent(id: "pi_1", .succeeded)
    default: false
    }
  }
}
