import Cryptography
import Identifiers
import RPC
import Records
import ServiceHost
import TicketingProto

extension PaymentsHandlers {
  /// Left for the answer's way back before the caller's deadline.
  private static let margin: Duration = .milliseconds(500)

  func createPayment(
    _ request: PaymentsV1.CreatePaymentRequest, context: CallContext
  ) async throws -> PaymentsV1.CreatePaymentResponse {
    let user = try context.requireUser()
    let token = try request.validatedToken()
    let key = try IdempotencyKey.validated(request.idempotencyKey)
    guard let orderID = ULID(request.orderID)?.description else { throw PaymentError.orderNotFound }
    let payer = Payer(
      userID: user.id, token: token, returnURL: request.returnURL,
      mark: try key.flatMap { key in
        try token.map { try RequestMark(key, userID: user.id, orderID: orderID, token: $0) }
      })
    let (id, isNew) = try await attempt(toPay: orderID, by: payer, context)
    let latest = ContinuousClock.now + settings.answerWithin
    let deadline = min(latest, context.deadline.map { $0 - Self.margin } ?? latest)
    let revision = isNew ? nil : try await lookAgain(at: id)
    guard let attempt = try await resolver.outcome(of: id, until: deadline, after: revision) else {
      throw MalformedRecord(Attempt.key(id))
    }
    return PaymentsV1.CreatePaymentResponse(payment: try PaymentsV1.Payment(outcomeOf: attempt))
  }

  private struct Payer {
    let userID: String
    /// nil: nothing is to be begun.
    let token: CardToken?
    let returnURL: String
    let mark: RequestMark?
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
    toPay orderID: String, by payer: Payer, _ context: CallContext
  ) async throws -> (AttemptID, isNew: Bool) {
    if let mark = payer.mark, let answer = try await store.redis.recall(mark) {
      return (try AttemptID(orderID: orderID, answer: answer, of: mark), false)
    }
    if let begun = try await begin(toPay: orderID, told: nil, by: payer, context) { return begun }
    let order = try await orderAtOrders(orderID, context)
    guard let begun = try await begin(toPay: orderID, told: order, by: payer, context) else {
      throw PaymentError.orderNotFound
    }
    return begun
  }

  /// nil: no event has told of the order yet, and neither has orders (`told`).
  private func begin(
    toPay orderID: String, told: PayableOrder?, by payer: Payer, _ context: CallContext
  ) async throws -> (AttemptID, isNew: Bool)? {
    try await store.redis.decide {
      let (known, clock) = try await store.redis.readWithClock(PayableOrder.self, orderID)
      guard let order = known ?? told else { return .settled(nil) }
      let decision = try order.paying(
        with: payer.token, by: payer.userID, paymentID: ULID().description, now: clock.now, hold: settings.holdMaximum,
        returnURL: payer.returnURL)
      switch decision {
      case .join(let id):
        guard let mark = payer.mark else { return .settled((id, isNew: false)) }
        return try await outcome(store.join(id, mark: mark), of: id, isNew: false, mark)
      case .begin(var attempt):
        attempt.trace = context.trace
        let lease = attempt.createdAt.adding(settings.lease)
        let creation = try await store.begin(attempt, on: order, mark: payer.mark, lease: lease)
        if creation == .created { resolver.drive(attempt.id) }
        return try outcome(creation, of: attempt.id, isNew: true, payer.mark)
      }
    }
  }

  private func outcome(
    _ creation: Creation, of id: AttemptID, isNew: Bool, _ mark: RequestMark?
  ) throws -> Decision<(AttemptID, isNew: Bool)?> {
    switch (creation, mark) {
    case (.repeated(let answer), let mark?):
      .settled((try AttemptID(orderID: id.orderID, answer: answer, of: mark), isNew: false))
    case (.refused, _): .again
    case (.created, _), (.repeated, nil): .settled((id, isNew))
    }
  }
}

extension RequestMark {
  /// The card's token is not kept for the comparison, its digest is.
  fileprivate init(_ key: IdempotencyKey, userID: String, orderID: String, token: CardToken) throws {
    self.init(
      PaymentKeys.operation("pay:\(userID):\(key.value)"),
      fingerprint: try Digest.sha256("\(orderID) \(token.value)".utf8).hex)
  }
}

extension PaymentsV1.CreatePaymentRequest {
  /// Names each field that is missing or malformed; nil: no card is given. An order id of another form is none that
  /// there is: see NOT_FOUND.
  fileprivate func validatedToken() throws(InvalidFields) -> CardToken? {
    var invalid = InvalidFields()
    let card = CardToken(token)
    if card == nil, !token.isEmpty || orderID.isEmpty {
      invalid.add("token", token.isEmpty ? "Token is required" : "Token must be tok_…, pm_… or card_…")
    }
    if !returnURL.isEmpty, !ReturnURL.isURL(returnURL) {
      invalid.add("returnUrl", "Return URL must be an http(s) URL of at most \(ReturnURL.maximumLength) bytes")
    }
    if orderID.isEmpty { invalid.add("orderId", "Order is required") }
    try invalid.check()
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
      case .refused: throw PaymentError.refused(attempt.orderRefusal ?? .attemptOver)
      case .abandoned, .closed, .unsettled: throw PaymentError.abandoned
      case .refunding, .refunded: throw PaymentError.refunded
      }
    self.init(
      id: attempt.paymentID, orderID: attempt.id.orderID, status: status, stripeID: attempt.stripeID ?? "",
      clientSecret: attempt.challenge?.clientSecret ?? "", redirectURL: attempt.challenge?.redirectURL ?? "")
  }
}
