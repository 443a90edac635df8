@testable import PaymentsService

/// The payment processor: intents, saved answers, and a ledger that nobody else writes.
final class SimulatedStripe {
  struct Refund {
    let id: String
    var state: RefundState {
      didSet { wasThrough = wasThrough || state == .succeeded }
    }
    /// It has been, whatever became of it since.
    private(set) var wasThrough: Bool

    init(id: String, state: RefundState) {
      self.id = id
      self.state = state
      wasThrough = state == .succeeded
    }
  }

  struct Intent {
    let attempt: AttemptID
    let paymentID: String
    let amountCents: Int64
    let card: String
    var state = IntentState.requiresConfirmation
    var charges = 0
    /// Newest first.
    var made: [Refund] = []
    /// Somebody gives the money back without being asked.
    var isRefundedByHand = false

    /// How often the money went back.
    var refunds: Int { made.count { $0.state == .succeeded } }
    var live: Refund? { made.first { !$0.state.hasFailed } }

    /// As a look-up tells it.
    var shown: IntentState {
      guard state == .succeeded, let live else { return state }
      return live.state == .succeeded ? .reversed(.refunded) : .refundPending(id: live.id)
    }
  }

  /// What cards do when they are charged.
  static let cards = ["tok_pays", "tok_pays", "tok_pays", "tok_declined", "tok_slow", "tok_bank", "tok_unknown"]
  static let currency = "usd"
  private static let decline = Decline(code: "card_declined", message: "Your card was declined.")
  private static let stateError = Decline(code: "payment_intent_unexpected_state", message: "")

  private(set) var intents: [String: Intent] = [:]
  private var refunds = 0
  /// What was posted until it was heard.
  private var heard: Set<AttemptID> = []
  /// By idempotency key, and until when.
  private var answers: [String: (answer: Answer, until: Int64)] = [:]
  private unowned let world: World

  fileprivate enum Answer {
    case about(ProcessorReply)
    case refund(RefundReply)
    /// An error that may be kept.
    case serverError
    case nothing
  }

  init(_ world: World) { self.world = world }

  func create(_ attempt: Attempt, done: @escaping (ProcessorReply) -> Void) {
    request(ProcessorKey.create(attempt), about: attempt, done: { done($0.processor) }) { [self] in
      if attempt.token.value == "tok_unknown" { return .about(ProcessorReply(answer: .declined(Self.decline))) }
      let id = "pi_\(intents.count + 1)"
      intents[id] = Intent(
        attempt: attempt.id, paymentID: attempt.paymentID, amountCents: attempt.amountCents, card: attempt.token.value)
      world.note("\(id) for \(attempt.id)")
      return about(id)
    }
  }

  func confirm(_ id: String, of attempt: Attempt, done: @escaping (ProcessorReply) -> Void) {
    request(ProcessorKey.confirm(attempt), about: attempt, done: { done($0.processor) }) { [self] in
      guard let intent = intents[id], intent.state == .requiresConfirmation else {
        // Without the key the same card would be charged again.
        if world.isSabotaged(.chargesWithoutIdempotencyKey), intents[id]?.state == .succeeded {
          intents[id]?.charges += 1
        }
        return .about(ProcessorReply(answer: .refused(Self.stateError), terms: intents[id].map { terms(id, $0) }))
      }
      switch intent.card {
      case "tok_pays": set(id, .succeeded)
      case "tok_bank": challenge(id)
      case "tok_slow":
        set(id, .processing)
        world.after(1_000...60_000) { [self] in
          set(id, world.chance(0.6) ? .succeeded : .requiresPaymentMethod(Self.decline))
        }
      default:
        set(id, .requiresPaymentMethod(Self.decline))
        return .about(ProcessorReply(answer: .declined(Self.decline), terms: terms(id, intent)))
      }
      return about(id)
    }
  }

  func lookUp(_ id: String, of attempt: Attempt, done: @escaping (ProcessorReply) -> Void) {
    request(nil, about: attempt, done: { done($0.processor) }) { self.about(id) }
  }

  func cancel(_ id: String, of attempt: Attempt, done: @escaping (ProcessorReply) -> Void) {
    request(nil, about: attempt, done: { done($0.processor) }) { [self] in
      switch intents[id]?.state {
      case .requiresAction:
        if let owner = intents[id]?.attempt { world.payments.checkPatience(with: owner) }
        set(id, .canceled)
      case .requiresConfirmation, .requiresPaymentMethod: set(id, .canceled)
      default: break
      }
      return about(id)
    }
  }

  func refund(_ id: String, of attempt: Attempt, done: @escaping (RefundReply) -> Void) {
    request(ProcessorKey.refund(attempt, intent: id), about: attempt, done: { done($0.refund) }) { [self] in
      guard let intent = intents[id], intent.state == .succeeded else {
        return .refund(RefundReply(answer: .refused(Self.stateError)))
      }
      guard intent.live == nil else { return .refund(RefundReply(answer: .alreadyBack)) }
      return about(makeRefund(of: id))
    }
  }

  func lookUpRefund(_ id: String, of attempt: Attempt, done: @escaping (RefundReply) -> Void) {
    request(nil, about: attempt, done: { done($0.refund) }) { self.about(id) }
  }

  private func about(_ id: String) -> Answer {
    if let intent = intents[id] {
      return .about(ProcessorReply(answer: .intent(id: id, intent.shown), terms: terms(id, intent)))
    }
    for (intentID, intent) in intents {
      guard let refund = intent.made.first(where: { $0.id == id }) else { continue }
      return .refund(RefundReply(answer: .refund(id: id, refund.state), terms: refundTerms(intentID, intent)))
    }
    return .about(ProcessorReply(answer: .unknown))
  }

  private func terms(_ id: String, _ intent: Intent) -> IntentTerms {
    IntentTerms(
      intent: id, amountCents: intent.amountCents, receivedCents: intent.charges > 0 ? intent.amountCents : 0,
      currency: Self.currency, order: intent.attempt.orderID, attempt: "\(intent.attempt.number)",
      payment: intent.paymentID)
  }

  private func refundTerms(_ id: String, _ intent: Intent) -> RefundTerms {
    RefundTerms(intent: id, amountCents: intent.amountCents, currency: Self.currency)
  }

  private func charge(_ id: String) {
    guard let intent = intents[id] else { return }
    intents[id]?.charges += 1
    if !world.orders.begun.contains(intent.attempt) { world.violate("\(intent.attempt) is charged, but never began") }
    let charged = intents.values.filter {
      // One that was given back by hand made room for another card; should that fail, it is given back again.
      $0.attempt.orderID == intent.attempt.orderID && $0.charges > $0.refunds && !$0.isRefundedByHand
    }
    if charged.count > 1, !world.isExposing(.attemptBesideAnother) {
      world.violate("\(intent.attempt.orderID) is charged twice at one time")
    }
    if world.happens(\.refundByHand) { world.after(world.one(of: [0...300, 0...40_000])) { self.refundByHand(id) } }
  }

  private func set(_ id: String, _ state: IntentState) {
    guard let intent = intents[id] else { return }
    intents[id]?.state = state
    if state == .succeeded { charge(id) }
    world.note("\(id) of \(intent.attempt) is \(state)")
    tell(of: intent.attempt, isOfCharge: false)
  }

  /// A webhook, which may be lost for good, or come twice.
  private func tell(of attempt: AttemptID, isOfCharge: Bool) {
    guard !world.happens(\.loss) else { return }
    world.after(0...5_000) { self.world.payments.hear(of: attempt, isOfCharge: isOfCharge) }
    if world.happens(\.duplicate) {
      world.after(0...20_000) { self.world.payments.hear(of: attempt, isOfCharge: isOfCharge) }
    }
  }

  /// The card holder does what the bank wants, or fails, or has gone for tea.
  private func challenge(_ id: String) {
    set(id, .requiresAction(Challenge(clientSecret: "\(id)_secret", redirectURL: "")))
    let end = world.fraction()
    guard end < 0.8 else { return }
    world.after(500...40_000) { [self] in
      guard case .requiresAction = intents[id]?.state else { return }
      set(id, end < 0.5 ? .succeeded : .requiresPaymentMethod(.authenticationFailed))
    }
  }
}

/// Refunds have lives of their own.
extension SimulatedStripe {
  private func makeRefund(of id: String) -> String {
    refunds += 1
    let refund = "re_\(refunds)"
    let state =
      world.happens(\.refund) ? world.one(of: [RefundState.pending, .pending, .requiresAction, .failed]) : .succeeded
    intents[id]?.made.insert(Refund(id: refund, state: state), at: 0)
    world.note("\(refund) of \(id) is \(state)")
    let end: RefundState = world.happens(\.refund) ? .failed : .succeeded
    // Even one that has succeeded may fail.
    let isDoomed = state == .succeeded && world.happens(\.refund) && world.chance(0.6)
    if state == .pending || state == .requiresAction {
      world.after(1_000...60_000) { self.settle(refund, of: id, end) }
    }
    if isDoomed { world.after(world.one(of: [0...2_000, 1_000...30_000])) { self.settle(refund, of: id, .failed) } }
    return refund
  }

  private func settle(_ refund: String, of id: String, _ state: RefundState) {
    guard let index = intents[id]?.made.firstIndex(where: { $0.id == refund }), let intent = intents[id] else { return }
    let wasThrough = intent.made[index].state == .succeeded
    intents[id]?.made[index].state = state
    world.note("\(refund) of \(id) is \(state)")
    // Of money that was back and is no longer, or that nobody here gave back, only this tells: it is posted until heard.
    if wasThrough || intent.isRefundedByHand { return post(intent.attempt) }
    tell(of: intent.attempt, isOfCharge: true)
  }

  private func refundByHand(_ id: String) {
    guard let intent = intents[id], intent.state == .succeeded, intent.live == nil else { return }
    intents[id]?.isRefundedByHand = true
    _ = makeRefund(of: id)
    post(intent.attempt)
  }

  private func post(_ attempt: AttemptID) {
    heard.remove(attempt)
    world.after(world.one(of: [0...500, 0...5_000])) {
      self.world.payments.hear(of: attempt, isOfCharge: true) { self.heard.insert(attempt) }
    }
    world.after(30_000...60_000) { [self] in if !heard.contains(attempt) { post(attempt) } }
  }
}

extension SimulatedStripe {
  private static let timeout: Int64 = 20_000
  /// Keys are remembered for a day there.
  private static let memory: Int64 = 86_400_000

  /// A request and what becomes of it. A server error is saved with the key, and is the answer from then on.
  private func request(
    _ key: String?, about attempt: Attempt, done: @escaping (Answer) -> Void, _ execute: @escaping () -> Answer
  ) {
    let key = world.isSabotaged(.chargesWithoutIdempotencyKey) ? nil : key
    let perform = { [self] () -> Answer in
      if let key, let saved = answers[key], world.now < saved.until { return saved.answer }
      let answer = execute()
      if let key { answers[key] = (answer, world.now + Self.memory) }
      return answer
    }
    let giveUp = { [self] in world.after(Self.timeout...Self.timeout) { self.world.step { done(.nothing) } } }
    guard world.happens(\.request) else {
      return world.after(50...500) { [self] in
        var answer = perform()
        if world.happens(\.lie) {
          answer = lie(instead: answer, about: attempt)
          if let key, world.chance(0.5) { answers[key] = (answer, world.now + Self.memory) }
        }
        world.after(50...500) { self.world.step { done(answer) } }
      }
    }
    switch world.within(0...5) {
    case 0: giveUp()
    case 1:
      world.after(50...500) { _ = perform() }
      giveUp()
    case 2:
      world.after(5_000...80_000) { _ = perform() }
      giveUp()
    case 3, 4:
      let isExecuted = world.chance(0.5)
      world.after(50...1_000) { [self] in
        if isExecuted { _ = perform() }
        if let key { answers[key] = (.serverError, world.now + Self.memory) }
        world.step { done(.serverError) }
      }
    default: world.after(50...500) { self.world.step { done(.serverError) } }
    }
  }

  /// An answer about something else than was asked for.
  private func lie(instead answer: Answer, about attempt: Attempt) -> Answer {
    switch answer {
    case .refund:
      let reply = RefundReply(
        answer: .refund(id: "re_other", .succeeded),
        terms: RefundTerms(intent: "pi_other", amountCents: attempt.amountCents, currency: Self.currency))
      return .refund(reply)
    case .about(let reply):
      guard var terms = reply.terms else { return answer }
      let others = intents.keys.filter { id in
        world.payments.attempts.values.contains { $0.stripeID == id && $0.id != attempt.id }
      }.sorted()
      if attempt.stripeID == nil, let other = others.first, world.chance(0.5) {
        // Another's intent, with our terms.
        terms = IntentTerms(
          intent: other, amountCents: terms.amountCents, currency: terms.currency, order: terms.order,
          attempt: terms.attempt)
        return .about(ProcessorReply(answer: .intent(id: other, .requiresConfirmation), terms: terms))
      }
      switch world.within(0...3) {
      case 0: terms.amountCents = 1
      case 1: terms.currency = "jpy"
      case 2: terms.order = "another"
      default: terms.attempt = "77"
      }
      return .about(ProcessorReply(answer: .intent(id: terms.intent, .succeeded), terms: terms))
    case .serverError, .nothing: return answer
    }
  }
}

extension SimulatedStripe.Answer {
  fileprivate var processor: ProcessorReply {
    switch self {
    case .about(let reply): reply
    case .refund: ProcessorReply(answer: .nonsense)
    case .serverError: ProcessorReply(answer: .failed)
    case .nothing: ProcessorReply(answer: .unknown)
    }
  }

  fileprivate var refund: RefundReply {
    switch self {
    case .about: RefundReply(answer: .nonsense)
    case .refund(let reply): reply
    case .serverError: RefundReply(answer: .failed)
    case .nothing: RefundReply(answer: .unknown)
    }
  }
}
