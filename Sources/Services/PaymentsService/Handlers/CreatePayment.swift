import Identifiers
import RPC
import ServiceHost
import TicketingProto

extension PaymentsHandlers {
  /// How often a decision that lost against another change is made anew.
  private static let attempts = 5
  /// Left for the answer's way back before the caller's deadline.
  private static let margin: Duration = .milliseconds(500)

  func createPayment(
    _ request: PaymentsV1.CreatePaymentRequest, context: CallContext
  ) async throws -> PaymentsV1.CreatePaymentResponse {
    let user = try context.requireUser()
    let token = try request.validatedToken()
    let key = try IdempotencyKey.validated(request.idempotencyKey)
    guard let orderID = ULID(request.orderID)?.description else { throw PaymentError.orderNotFound }
    let mark = try key.flatMap { key in
      try token.map { try RequestMark(key, userID: user.id, orderID: orderID, token: $0) }
    }
    let card = Card(token: token, returnURL: request.returnURL)
    let (id, isNew) = try await attempt(toPay: orderID, by: user, with: card, mark: mark, context)
    let latest = ContinuousClock.now + settings.answerWithin
    let deadline = min(latest, context.deadline.map { $0 - Self.margin } ?? latest)
    let revision = isNew ? nil : try await lookAgain(at: id)
    guard let attempt = try await resolver.outcome(of: id, until: deadline, after: revision) else {
      throw MalformedRecord(PaymentKeys.intent(id))
    }
    return PaymentsV1.CreatePaymentResponse(payment: try PaymentsV1.Payment(outcomeOf: attempt))
  }

  private struct Card {
    /// nil: nothing is to be begun.
    let token: CardToken?
    let returnURL: String
  }

  /// Who asks again while the card holder is asked has perhaps answered: it is looked up at once. The revision that is
  /// not news; nil: it does not wait for the card holder.
  private func lookAgain(at id: AttemptID) async throws -> Int64? {
    guard let attempt = try await store.attempt(id), attempt.status == .pending, attempt.challenge != nil else {
      return nil
    }
    resolver.drive(id)
    return attempt.revision
  }

  /// The attempt that answers this request: a new one, which is driven from now on, or the one that is there.
  private func attempt(
    toPay orderID: String, by user: User, with card: Card, mark: RequestMark?, _ context: CallContext
  ) async throws -> (AttemptID, isNew: Bool) {
    if let mark, let number = try await store.recall(mark) {
      return (AttemptID(orderID: orderID, number: number), false)
    }
    for _ in 0..<Self.attempts {
      let (order, clock) = try await order(orderID, context)
      let decision = try order.paying(
        with: card.token, by: user.id, paymentID: ULID().description, now: clock.now, hold: settings.holdMaximum,
        returnURL: card.returnURL)
      let (id, outcome) = try await carryOut(decision, on: order, mark: mark, context)
      switch outcome {
      case .begun: return (id, decision.isNew)
      case .repeated(let number): return (AttemptID(orderID: orderID, number: number), false)
      case .outdated: continue
      }
    }
    throw PaymentError.concurrentUpdate
  }

  private func carryOut(
    _ decision: PayableOrder.Decision, on order: PayableOrder, mark: RequestMark?, _ context: CallContext
  ) async throws -> (AttemptID, PaymentStore.BeginOutcome) {
    switch decision {
    case .join(let id):
      guard let mark else { return (id, .begun) }
      return (id, try await store.join(id, mark: mark))
    case .begin(var attempt):
      attempt.trace = context.trace
      let lease = attempt.createdAt.adding(settings.lease)
      let outcome = try await store.begin(attempt, on: order, mark: mark, lease: lease)
      if outcome == .begun { resolver.drive(attempt.id) }
      return (attempt.id, outcome)
    }
  }
}

extension PaymentsV1.CreatePaymentRequest {
  /// Names each field that is missing or malformed; nil: no card is given. An order id of another form is none that
  /// there is: see NOT_FOUND.
  fileprivate func validatedToken() throws -> CardToken? {
    var violations: [RPCError.Violation] = []
    let card = CardToken(token)
    if card == nil, !token.isEmpty || orderID.isEmpty {
      violations.append(
        .init(field: "token", message: token.isEmpty ? "Token is required" : "Token must be tok_…, pm_… or card_…"))
    }
    if !returnURL.isEmpty, !ReturnURL.isURL(returnURL) {
      violations.append(
        .init(
          field: "returnUrl", message: "Return URL must be an http(s) URL of at most \(ReturnURL.maximumLength) bytes"))
    }
    if orderID.isEmpty { violations.append(.init(field: "orderId", message: "Order is required")) }
    guard violations.isEmpty else {
      throw RPCError(.invalidArgument, "Invalid request", reason: "INVALID_FIELDS", violations: violations)
    }
    return card
  }
}

extension PaymentsV1.Payment {
  /// What the payer is told of an attempt; throws `PaymentError` where it is over without a payment.
  init(outcomeOf attempt: Attempt) throws {
    let status: PaymentsV1.PaymentStatus =
      switch attempt.status {
      case .pending: attempt.challenge == nil ? .pending : .requiresAction
      case .succeeded: .succeeded
      case .declined: throw PaymentError.declined(attempt.refusal ?? .unexplained)
      case .refused: throw PaymentError.refused(attempt.refusal ?? .unexplained)
      case .abandoned, .closed, .unsettled: throw PaymentError.abandoned
      case .refunding, .refunded: throw PaymentError.refunded
      }
    self.init(
      id: attempt.paymentID, orderID: attempt.id.orderID, status: status, stripeID: attempt.stripeID ?? "",
      clientSecret: attempt.challenge?.clientSecret ?? "", redirectURL: attempt.challenge?.redirectURL ?? "")
  }
}

extension PayableOrder.Decision {
  fileprivate var isNew: Bool { if case .begin = self { true } else { false } }
}
