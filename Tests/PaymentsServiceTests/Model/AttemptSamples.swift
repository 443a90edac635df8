import Identifiers

@testable import PaymentsService

extension Attempt {
  static let start = UnixTime(milliseconds: 1_700_000_000_000)
  static let hold: Duration = .seconds(600)
  static let late = start.adding(hold)

  static func sample(
    _ status: Status = .pending, intent: String? = nil, begun: Bool = false, seen: IntentState? = nil,
    refusal: Decline? = nil, tries: Int64 = 0, doubted: Bool = false, token: String = "tok_visa"
  ) -> Attempt {
    var attempt = Attempt(
      id: AttemptID(orderID: "01ARZ3NDEKTSV4RRFFQ69G5FAV", number: 1), paymentID: "01ARZ3NDEKTSV4RRFFQ69G5FAW",
      userID: "buyer", amountCents: 5000, createdAt: start, giveUpAt: late,
      token: status == .pending ? CardToken(token) ?? .none : .none)
    attempt.status = status
    attempt.stripeID = intent
    attempt.knowledge = Knowledge(hasBegun: begun, intent: seen)
    attempt.refusal = refusal
    attempt.tries = tries
    attempt.isDoubted = doubted
    return attempt
  }

  /// Every status, with everything that may be stored or known beside it.
  static var everyState: [Attempt] {
    let intents: [String?] = [nil, "pi_1"]
    let refusals: [Decline?] = [nil, .unexplained]
    var all: [Attempt] = []
    for status in Status.allCases {
      for intent in intents {
        for seen in [nil] + IntentState.every.map(Optional.some) {
          for refusal in refusals {
            for (begun, doubted) in [(false, false), (true, true)] {
              let refund = begun ? Refund(id: "re_1", state: .pending) : nil
              var attempt = sample(
                status, intent: intent, begun: begun, seen: seen, refusal: refusal, tries: begun ? .max : 0,
                doubted: doubted)
              attempt.revision = begun ? .max : 7
              attempt.refund = intent == nil ? nil : refund
              attempt.keys = KeyNumbers(
                create: begun ? .max : 1, confirm: begun ? .max : 1, refund: begun ? .max : 1, isSpoilt: doubted)
              if status == .pending, doubted { attempt.challenge = .sample }
              all.append(attempt)
            }
          }
        }
      }
    }
    return all
  }
}

extension Challenge {
  static let sample = Challenge(clientSecret: "pi_1_secret_1", redirectURL: "https://bank.example/1")
}

extension RefundAnswer {
  static let every: [RefundAnswer] =
    RefundState.allCases.map { .refund(id: "re_1", $0) } + [.refund(id: "re_2", .succeeded)]
    + [.alreadyBack, .refused(.unexplained), .failed, .nonsense, .unknown]
}

extension IntentState {
  static let every: [IntentState] =
    [
      .requiresPaymentMethod(nil), .requiresPaymentMethod(.unexplained), .requiresConfirmation,
      .requiresAction(.sample), .processing, .succeeded, .canceled, .refundPending(id: "re_1"),
    ] + [.partlyRefunded, .refunded, .disputed].map { .reversed($0) }
}

extension ProcessorAnswer {
  static let every: [ProcessorAnswer] =
    IntentState.every.map { .intent(id: "pi_1", $0) }
    + [IntentState.requiresConfirmation, .succeeded].map { .intent(id: "pi_2", $0) }
    + [.declined(.unexplained), .refused(.unexplained), .failed, .nonsense, .unknown]
}

extension AttemptStepResult {
  static let every: [AttemptStepResult] =
    [.began(.agreed), .began(.refused(.expired)), .began(.unknown), .gaveUp]
    + RefundAnswer.every.flatMap { [.refunded($0), .refundLookedUp($0)] }
    + ProcessorAnswer.every.flatMap { [.created($0), .confirmed($0), .lookedUp($0), .cancelled($0)] }
}
