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
    let refusals: [Decline?] = [nil, .authenticationRequired]
    var all: [Attempt] = []
    for status in Status.allCases {
      for intent in intents {
        for seen in [nil] + IntentState.every.map(Optional.some) {
          for refusal in refusals {
            for (begun, doubted) in [(false, false), (true, true)] {
              var attempt = sample(
                status, intent: intent, begun: begun, seen: seen, refusal: refusal, tries: begun ? .max : 0,
                doubted: doubted)
              attempt.revision = begun ? .max : 7
              all.append(attempt)
            }
          }
        }
      }
    }
    return all
  }
}

extension IntentState {
  static let every: [IntentState] = [
    .requiresPaymentMethod(nil), .requiresPaymentMethod(.unexplained), .requiresConfirmation, .requiresAction,
    .processing, .succeeded, .canceled, .refunded,
  ]
}

extension ProcessorAnswer {
  static var every: [ProcessorAnswer] {
    ["pi_1", "pi_2"].flatMap { id in IntentState.every.map { .intent(id: id, $0) } }
      + [.declined(.unexplained), .refused(.unexplained), .unknown]
  }
}

extension StepResult {
  static var every: [StepResult] {
    [.began(.agreed), .began(.refused(.unexplained)), .began(.unknown), .gaveUp]
      + [.refunded(.done), .refunded(.refused(.unexplained)), .refunded(.unknown)]
      + ProcessorAnswer.every.flatMap { [.created($0), .confirmed($0), .lookedUp($0), .cancelled($0)] }
  }
}
