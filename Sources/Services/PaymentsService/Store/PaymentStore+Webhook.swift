import Identifiers
import Redis

extension PaymentStore {
  /// Stripe repeats an event for three days.
  fileprivate static let webhookWindow: Duration = .seconds(4 * 24 * 60 * 60)
  /// The handler whose request caused the event is about to settle it itself.
  private static let webhookDelay: Duration = .seconds(1)

  enum WebhookOutcome: Sendable, Hashable {
    case taken(isLookedUp: Bool)
    /// It has been taken before.
    case repeated
    /// The attempt has changed since it was read.
    case outdated
  }

  /// Takes an event once, and has its attempt looked at where there is something to look at.
  func take(_ event: WebhookEvent, about attempt: Attempt?, at now: UnixTime) async throws -> WebhookOutcome {
    var commit = Commit()
    let isNew = commit.take(event)
    let heard = attempt?.heard(isOfCharge: event.isOfCharge)
    if let attempt, let heard {
      let intent = PaymentKeys.intent(attempt.id)
      commit.require(intent, field: "revision", equals: .integer(attempt.revision))
      commit.hashSet(intent, heard.variableFields)
      if attempt.status == .unsettled {
        commit.sortedSetRemove(PaymentKeys.unsettled, member: .string(attempt.id.description))
      }
      commit.sortedSetAdd(
        PaymentKeys.unresolved, score: Double(now.adding(Self.webhookDelay).milliseconds),
        member: .string(attempt.id.description))
    }
    if case .refused(let index, _) = try await redis.commit(commit) { return index == isNew ? .repeated : .outdated }
    return .taken(isLookedUp: heard != nil)
  }

  /// Takes in an attempt that is not stored, or no longer, but whose charge is at the processor: it is looked up, and
  /// then orders decides as about any payment. `order` is what it is decided from.
  func adopt(_ attempt: Attempt, of order: PayableOrder, by event: WebhookEvent, at now: UnixTime) async throws
    -> WebhookOutcome
  {
    let orderKey = PaymentKeys.order(order.id)
    var commit = Commit()
    let isNew = commit.take(event)
    commit.require(absent: PaymentKeys.intent(attempt.id))
    commit.require(orderKey, field: "version", equals: .integer(order.version))
    if let status = order.attemptStatus {
      commit.require(orderKey, field: "attempt", equals: .integer(order.attempt))
      commit.require(orderKey, field: "attemptStatus", equals: status.rawValue)
    } else {
      commit.require(orderKey, fieldAbsent: "attempt")
    }
    if let stripeID = attempt.stripeID {
      let isOwn = try await redis.get(PaymentKeys.stripe(stripeID)) != nil
      _ = commit.claim(stripeID, for: attempt.id, isOwn: isOwn)
    }
    commit.hashSet(PaymentKeys.intent(attempt.id), attempt.fixedFields + attempt.variableFields)
    commit.hashSet(
      orderKey,
      [("attempt", .integer(attempt.id.number)), ("attemptStatus", .string(attempt.status.rawValue))])
    commit.sortedSetAdd(
      PaymentKeys.unresolved, score: Double(now.milliseconds), member: .string(attempt.id.description))
    if case .refused(let index, _) = try await redis.commit(commit) { return index == isNew ? .repeated : .outdated }
    return .taken(isLookedUp: true)
  }

  /// The attempt to which an intent belongs; nil: none that is known.
  func attempt(ofIntent stripeID: String) async throws -> AttemptID? {
    try await redis.get(PaymentKeys.stripe(stripeID))?.string.flatMap { AttemptID($0) }
  }

  func hasTaken(_ event: WebhookEvent) async throws -> Bool {
    try await redis.exists(PaymentKeys.webhook(event.id))
  }
}

extension Commit {
  fileprivate mutating func take(_ event: WebhookEvent) -> Int {
    let key = PaymentKeys.webhook(event.id)
    let isNew = require(absent: key)
    set(key, .string(event.type), expiry: PaymentStore.webhookWindow)
    return isNew
  }
}
