import Identifiers
import Records
import Redis

extension PaymentStore {
  /// Stripe repeats an event for three days.
  fileprivate static let webhookWindow: Duration = .seconds(4 * 24 * 60 * 60)
  /// The handler whose request caused the event is about to settle it itself.
  private static let webhookDelay: Duration = .seconds(1)

  /// What came of taking an event.
  enum WebhookOutcome: Sendable, Hashable {
    case taken(isLookedUp: Bool)
    /// It has been taken before.
    case repeated
  }

  /// Takes an event once, and has its attempt looked at where there is something to look at.
  func take(_ event: WebhookEvent, about attempt: Attempt?, at now: UnixTime) -> Decision<WebhookOutcome> {
    var commit = Commit()
    let isNew = commit.take(event)
    let heard = attempt?.heard(isOfCharge: event.isOfCharge)
    if let attempt, let heard {
      commit.require(Attempt.key(attempt.id), field: "revision", equals: .integer(attempt.revision))
      commit.hashSet(Attempt.key(attempt.id), heard.variableValues)
      if attempt.status == .unsettled {
        commit.sortedSetRemove(PaymentKeys.unsettled, member: .string(attempt.id.description))
      }
      commit.lookAgain(at: attempt.id, at: now.adding(Self.webhookDelay))
    }
    return .write(commit, .taken(isLookedUp: heard != nil)) { $0 == isNew ? .settled(.repeated) : .again }
  }

  /// Takes in an attempt that is not stored, or no longer, but whose charge is at the processor: it is looked up, and
  /// then orders decides as about any payment. `order` is what it is decided from.
  func adopt(_ attempt: Attempt, of order: PayableOrder, by event: WebhookEvent, at now: UnixTime) async throws
    -> Decision<WebhookOutcome>
  {
    var commit = Commit()
    let isNew = commit.take(event)
    commit.require(PayableOrder.key(order.id), field: "version", equals: .integer(order.version))
    if let stripeID = attempt.stripeID {
      let isOwn = try await redis.get(PaymentKeys.stripe(stripeID)) != nil
      _ = commit.claim(stripeID, for: attempt.id, isOwn: isOwn)
    }
    commit.add(attempt, to: order, due: now)
    return .write(commit, .taken(isLookedUp: true)) { $0 == isNew ? .settled(.repeated) : .again }
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
