import Identifiers
import Redis

extension PaymentStore {
  /// Stripe repeats an event for three days.
  private static let webhookWindow: Duration = .seconds(4 * 24 * 60 * 60)
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
  func take(_ event: WebhookEvent, doubting attempt: Attempt?, at now: UnixTime) async throws -> WebhookOutcome {
    let key = PaymentKeys.webhook(event.id)
    var commit = Commit()
    let isNew = commit.require(absent: key)
    commit.set(key, .string(event.type), expiry: Self.webhookWindow)
    let isLookedUp = attempt.map { $0.isOpen || $0.doubted() != nil } ?? false
    if let attempt, isLookedUp {
      let intent = PaymentKeys.intent(attempt.id)
      commit.require(intent, field: "revision", equals: .integer(attempt.revision))
      if let doubted = attempt.doubted() { commit.hashSet(intent, doubted.variableFields) }
      commit.sortedSetAdd(
        PaymentKeys.unresolved, score: Double(now.adding(Self.webhookDelay).milliseconds),
        member: .string(attempt.id.description))
    }
    if case .refused(let index, _) = try await redis.commit(commit) { return index == isNew ? .repeated : .outdated }
    return .taken(isLookedUp: isLookedUp)
  }
}
