import Identifiers
import Logging
import RPC
import Records
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
    var (stored, clock) = try await store.attemptAndClock(id)
    guard var attempt = stored else { return try await forget(id) }
    for _ in 0..<Self.maximumSteps {
      let step = attempt.nextStep(now: clock.now)
      guard step != .none else { return try await store.resolve(attempt) }
      let result = await take(step, attempt)
      // A caller that went away has no answer; the attempt keeps its lease and is taken up after that.
      try Task.checkCancellation()
      guard let settled = try await settle(attempt, by: result, clock) else {
        (stored, clock) = try await store.attemptAndClock(id)
        guard let current = stored else { return }
        attempt = current
        continue
      }
      if settled.waits { return }
      attempt = settled.attempt
    }
    logger.error("an attempt to pay goes in circles", metadata: ["attempt": .string(id.description)])
  }

  /// Writes what a result makes of an attempt; nil: nothing, or another driver was quicker.
  private func settle(_ attempt: Attempt, by result: AttemptStepResult, _ clock: ServerClock) async throws
    -> AttemptChange?
  {
    let now = clock.now
    guard let change = attempt.settled(by: result, now: now) else { return nil }
    // What is only known here is not written.
    guard change.attempt.stored != attempt.stored else { return change }
    let nextTry =
      change.waits
      ? change.attempt.retryTime(now: now, jitter: .random(in: 0..<1), pace: settings.pace)
      : now.adding(settings.lease)
    switch try await store.write(change, over: attempt, nextTry: nextTry, at: now) {
    case .written:
      log(change, after: attempt)
      return change
    case .outdated: return try await retry(attempt, result)
    case .idTaken:
      object("it names an intent that is another attempt's", to: attempt, intent: change.attempt.stripeID ?? "")
      return try await settle(attempt, by: .created(.nonsense), clock)
    }
  }

  /// The attempt has changed since it was read. If the processor's word still changes it, that word is not lost.
  private func retry(_ attempt: Attempt, _ result: AttemptStepResult) async throws -> AttemptChange? {
    guard result.isMoney else { return nil }
    let (current, clock) = try await store.attemptAndClock(attempt.id)
    guard let current, current.revision != attempt.revision, current.isMoved(by: result, now: clock.now) else {
      return nil
    }
    return try await settle(current, by: result, clock)
  }

  private func take(_ step: AttemptStep, _ attempt: Attempt) async -> AttemptStepResult {
    switch step {
    case .beginPayment: return .began(await begin(attempt))
    case .createIntent:
      let reply = await processor.createIntent(ChargeOrder(attempt), key: ProcessorKey.create(attempt))
      return .created(checked(reply, attempt))
    case .confirm(let intent):
      let reply = await processor.confirm(
        intent: intent, returningTo: attempt.returnURL, key: ProcessorKey.confirm(attempt))
      return .confirmed(checked(reply, attempt))
    case .lookUp(let intent): return .lookedUp(checked(await processor.retrieve(intent: intent), attempt))
    case .cancelIntent(let intent): return .cancelled(checked(await processor.cancel(intent: intent), attempt))
    case .refund(let intent):
      let key = ProcessorKey.refund(attempt, intent: intent)
      return .refunded(checked(await processor.refund(intent: intent, key: key), attempt))
    case .lookUpRefund(let id): return .refundLookedUp(checked(await processor.retrieve(refund: id), attempt))
    case .giveUp, .none: return .gaveUp
    }
  }

  private func forget(_ id: AttemptID) async throws {
    logger.error("an unresolved attempt to pay is not stored", metadata: ["attempt": .string(id.description)])
    try await store.redis.zrem(PaymentKeys.unresolved, [.string(id.description)])
  }

  private func log(_ change: AttemptChange, after before: Attempt) {
    let after = change.attempt
    let level: Logger.Level =
      switch after.status {
      case .unsettled: .error
      case .abandoned, .closed, .refunding, .refunded: before.status == after.status ? .debug : .notice
      case .succeeded, .declined, .refused: before.status == after.status ? .debug : .info
      case .pending: .debug
      }
    var metadata: Logger.Metadata = [
      "attempt": .string(after.id.description), "status": .string(after.status.rawValue),
      "tries": .stringConvertible(after.tries), "intent": .string(after.stripeID ?? ""),
      "trace": .string(after.trace),
    ]
    logger.log(level: level, "attempt to pay", metadata: metadata)
    if after.status == .unsettled {
      logger.error("the processor does not tell what became of a payment: somebody must look", metadata: metadata)
    }
    if after.reversal != before.reversal, before.status == .succeeded {
      metadata["reversal"] = .string(after.reversal.rawValue)
      logger.notice("a payment's money is refunded or disputed at the processor", metadata: metadata)
    }
    if after.keys.refund > before.keys.refund, after.status == .refunding {
      logger.error("a refund has failed; it is tried again under another key", metadata: metadata)
    }
  }
}
