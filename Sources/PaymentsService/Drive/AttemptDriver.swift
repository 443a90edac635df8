import Identifiers
import Logging
import RPC
import Redis
import ServiceHost
import TicketingProto

/// Takes an attempt from step to step until it is over or must wait.
///
/// Two may drive one attempt at once: each step may be repeated, and of two changes from one revision the store takes
/// one. Whoever loses reads again and goes on from there.
struct AttemptDriver: Sendable {
  /// Begin, create, confirm and a look-up between any two of them are far fewer.
  private static let maximumSteps = 24

  let store: PaymentStore
  let processor: any PaymentProcessor
  let orders: OrdersV1.OrdersServiceClient
  let credentials: ServiceCredentials
  let settings: PaymentsSettings
  let logger: Logger

  func drive(_ id: AttemptID) async throws {
    guard var attempt = try await store.attempt(id) else { return try await forget(id) }
    for _ in 0..<Self.maximumSteps {
      let step = attempt.nextStep(now: .now())
      guard step != .none else { return try await store.resolve(attempt) }
      let result = await perform(step, attempt)
      // A caller that went away has no answer; the attempt keeps its lease and is taken up after that.
      try Task.checkCancellation()
      guard let settled = try await settle(attempt, by: result) else {
        guard let current = try await store.attempt(id) else { return }
        attempt = current
        continue
      }
      if settled.waits { return }
      attempt = settled.attempt
    }
    logger.error("an attempt to pay goes in circles", metadata: ["attempt": .string(id.description)])
  }

  /// Writes what a result makes of an attempt; nil: nothing, or another driver was quicker.
  private func settle(_ attempt: Attempt, by result: StepResult) async throws -> Change? {
    let now = UnixTime.now()
    guard let change = attempt.settled(by: result, now: now) else { return nil }
    // What is only known here is not written.
    guard change.attempt.stored != attempt.stored else { return change }
    let nextTry =
      change.waits
      ? change.attempt.retryTime(now: now, jitter: .random(in: 0..<1), pace: settings.pace)
      : now.adding(settings.lease)
    guard try await store.write(change, over: attempt, nextTry: nextTry) else {
      return try await retry(attempt, result)
    }
    log(change, after: attempt)
    return change
  }

  /// The attempt has changed since it was read. If the processor's word still changes it, that word is not lost.
  private func retry(_ attempt: Attempt, _ result: StepResult) async throws -> Change? {
    guard result.isMoney, let current = try await store.attempt(attempt.id), current.revision != attempt.revision else {
      return nil
    }
    return try await settle(current, by: result)
  }

  private func perform(_ step: Step, _ attempt: Attempt) async -> StepResult {
    switch step {
    case .beginPayment: .began(await begin(attempt))
    case .createIntent: .created(await processor.createIntent(ChargeOrder(attempt)))
    case .confirm(let intent): .confirmed(await processor.confirm(intent: intent, of: attempt.id))
    case .lookUp(let intent): .lookedUp(await processor.retrieve(intent: intent))
    case .cancelIntent(let intent): .cancelled(await processor.cancel(intent: intent))
    case .refund(let intent): .refunded(await refund(intent, attempt))
    case .giveUp, .none: .gaveUp
    }
  }

  private func refund(_ intent: String, _ attempt: Attempt) async -> RefundAnswer {
    let answer = await processor.refund(intent: intent)
    if case .refused(let reason) = answer {
      logger.error(
        "the processor refuses a refund; it is tried again",
        metadata: ["attempt": .string(attempt.id.description), "intent": .string(intent), "code": .string(reason.code)])
    }
    return answer
  }

  private func forget(_ id: AttemptID) async throws {
    logger.error("an unresolved attempt to pay is not stored", metadata: ["attempt": .string(id.description)])
    try await store.redis.zrem(PaymentKeys.unresolved, [.string(id.description)])
  }

  private func log(_ change: Change, after before: Attempt) {
    let after = change.attempt
    let level: Logger.Level =
      switch after.status {
      case .abandoned, .closed, .refunding, .refunded: before.status == after.status ? .debug : .notice
      case .succeeded, .declined, .refused: before.status == after.status ? .debug : .info
      case .pending: .debug
      }
    logger.log(
      level: level, "attempt to pay",
      metadata: [
        "attempt": .string(after.id.description), "status": .string(after.status.rawValue),
        "tries": .stringConvertible(after.tries), "intent": .string(after.stripeID ?? ""),
        "trace": .string(after.trace),
      ])
  }
}

extension StepResult {
  /// It says that there is money.
  fileprivate var isMoney: Bool {
    switch self {
    case .created(.intent(_, let state)), .confirmed(.intent(_, let state)), .lookedUp(.intent(_, let state)),
      .cancelled(.intent(_, let state)):
      state == .succeeded
    default: false
    }
  }
}
