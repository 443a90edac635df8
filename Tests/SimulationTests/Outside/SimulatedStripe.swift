@testable import PaymentsService

/// The payment processor: intents, saved answers, and a ledger that nobody else writes.
final class SimulatedStripe {
  struct Intent {
    let attempt: AttemptID
    let amountCents: Int64
    let card: String
    var state = IntentState.requiresConfirmation
    var charges = 0
    var refunds = 0
  }

  /// What cards do when they are charged.
  static let cards = ["tok_pays", "tok_pays", "tok_pays", "tok_declined", "tok_slow", "tok_bank", "tok_unknown"]
  private static let decline = Decline(code: "card_declined", message: "Your card was declined.")
  private static let stateError = Decline(code: "payment_intent_unexpected_state", message: "")

  private(set) var intents: [String: Intent] = [:]
  /// By idempotency key, and until when.
  private var answers: [String: (answer: Answer, until: Int64)] = [:]
  private unowned let world: World

  fileprivate enum Answer {
    case about(ProcessorAnswer)
    case refund(RefundAnswer)
    case serverError
  }

  init(_ world: World) { self.world = world }

  func create(_ attempt: AttemptID, amountCents: Int64, card: String, done: @escaping (ProcessorAnswer) -> Void) {
    request("\(attempt):create", done: { done($0.processor) }) { [self] in
      if card == "tok_unknown" { return .about(.declined(Self.decline)) }
      let id = "pi_\(intents.count + 1)"
      intents[id] = Intent(attempt: attempt, amountCents: amountCents, card: card)
      world.note("\(id) for \(attempt)")
      return .about(.intent(id: id, .requiresConfirmation))
    }
  }

  func confirm(_ id: String, _ attempt: AttemptID, done: @escaping (ProcessorAnswer) -> Void) {
    request("\(attempt):confirm", done: { done($0.processor) }) { [self] in
      guard let intent = intents[id], intent.state == .requiresConfirmation else {
        // Without the key the same card would be charged again.
        if world.isSabotaged(.chargesWithoutIdempotencyKey), intents[id]?.state == .succeeded {
          intents[id]?.charges += 1
        }
        return .about(.refused(Self.stateError))
      }
      switch intent.card {
      case "tok_pays": set(id, .succeeded)
      case "tok_bank": set(id, .requiresAction)
      case "tok_slow":
        set(id, .processing)
        world.after(1_000...60_000) { [self] in
          set(id, world.chance(0.6) ? .succeeded : .requiresPaymentMethod(Self.decline))
        }
      default:
        set(id, .requiresPaymentMethod(Self.decline))
        return .about(.declined(Self.decline))
      }
      return about(id)
    }
  }

  func lookUp(_ id: String, done: @escaping (ProcessorAnswer) -> Void) {
    request(nil, done: { done($0.processor) }) { self.about(id) }
  }

  func cancel(_ id: String, done: @escaping (ProcessorAnswer) -> Void) {
    request(nil, done: { done($0.processor) }) { [self] in
      switch intents[id]?.state {
      case .requiresConfirmation, .requiresAction, .requiresPaymentMethod: set(id, .canceled)
      default: break
      }
      return about(id)
    }
  }

  func refund(_ id: String, done: @escaping (RefundAnswer) -> Void) {
    request("refund:\(id)", done: { done($0.refund) }) { [self] in
      guard intents[id]?.state == .succeeded else {
        return .refund(intents[id]?.state == .refunded ? .done : .refused(Self.stateError))
      }
      intents[id]?.refunds += 1
      set(id, .refunded)
      return .refund(.done)
    }
  }

  private func about(_ id: String) -> Answer {
    guard let intent = intents[id] else { return .about(.unknown) }
    return .about(.intent(id: id, intent.state))
  }

  private func charge(_ id: String) {
    guard let intent = intents[id] else { return }
    intents[id]?.charges += 1
    if !world.orders.begun.contains(intent.attempt) { world.violate("\(intent.attempt) is charged, but never began") }
    let charged = intents.values.filter {
      $0.attempt.orderID == intent.attempt.orderID && $0.charges > $0.refunds
    }
    if charged.count > 1, !world.isExposing(.attemptBesideAnother) {
      world.violate("\(intent.attempt.orderID) is charged twice at one time")
    }
  }

  private func set(_ id: String, _ state: IntentState) {
    guard let intent = intents[id] else { return }
    intents[id]?.state = state
    if state == .succeeded { charge(id) }
    world.note("\(id) of \(intent.attempt) is \(state)")
    guard !world.happens(\.loss) else { return }
    world.after(0...5_000) { self.world.payments.hear(of: intent.attempt) }
    if world.happens(\.duplicate) { world.after(0...20_000) { self.world.payments.hear(of: intent.attempt) } }
  }
}

extension SimulatedStripe {
  private static let timeout: Int64 = 20_000
  /// Keys are forgotten after a day there; times here are shorter by about as much as the hold is.
  private static let memory: Int64 = 3_600_000

  /// A request and what becomes of it. A server error is saved with the key, and is the answer from then on.
  private func request(_ key: String?, done: @escaping (Answer) -> Void, _ execute: @escaping () -> Answer) {
    let key = world.isSabotaged(.chargesWithoutIdempotencyKey) ? nil : key
    let perform = { [self] () -> Answer in
      if let key, let saved = answers[key], world.now < saved.until { return saved.answer }
      let answer = execute()
      if let key { answers[key] = (answer, world.now + Self.memory) }
      return answer
    }
    let giveUp = { [self] in world.after(Self.timeout...Self.timeout) { self.world.step { done(.serverError) } } }
    guard world.happens(\.request) else {
      return world.after(50...500) { [self] in
        let answer = perform()
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
}

extension SimulatedStripe.Answer {
  fileprivate var processor: ProcessorAnswer { if case .about(let answer) = self { answer } else { .unknown } }
  fileprivate var refund: RefundAnswer { if case .refund(let answer) = self { answer } else { .unknown } }
}
