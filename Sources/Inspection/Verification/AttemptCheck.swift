import Identifiers
import PaymentsService
import Redis

/// What is still open about a payment is being looked after, and not for ever.
struct AttemptCheck: Check {
  let stores: Stores
  let settings: VerificationSettings
  let title = "attempts to pay"

  /// How long a refund may take, or an abandoned payment be watched, after its time.
  private static let patience: Duration = .seconds(60 * 60)

  func walk(_ visit: ([String], Int) async throws -> Void) async throws {
    try await stores.walk(.payments, PaymentKeys.attempt(text:)) { try await visit($0, $0.count) }
    // Whose record is gone.
    try await stores.walk(.payments, members: PaymentKeys.unresolved) { try await visit($0, 0) }
  }

  /// `ids` are `<orderId>:<n>`.
  func examine(_ ids: [String]) async throws -> [Suspicion] {
    let client = try stores(.payments)
    let now = try await client.time()
    let attempts = try await client.records(ids.map { PaymentKeys.attempt(text: $0) })
    let tries = try await client.scores(ids.map { (PaymentKeys.unresolved, $0) })
    let owed = try await client.scores(ids.map { (PaymentKeys.owed, $0) })
    return zip(ids, zip(zip(attempts, tries), owed)).compactMap { id, facts in
      let ((attempt, nextTry), owedSince) = facts
      guard attempt.exists else {
        return nextTry.map { _ in
          suspicion(.paymentForgotten, id, expected: "\(attempt.key) exists", found: "there is no such key")
        }
      }
      if attempt["status"] == "unsettled" {
        return suspicion(
          .paymentUnresolved, id, expected: "the processor told what became of it",
          found: "it was given up, for people to look at")
      }
      guard let limit = limit(of: attempt, owedSince: owedSince) else { return nil }
      guard let nextTry else {
        return suspicion(
          .paymentForgotten, id, expected: "it is \(attempt["status"]), so \(PaymentKeys.unresolved) has it",
          found: "it has it not")
      }
      if now > limit {
        let isRefund = attempt["status"] == "refunding"
        return suspicion(
          isRefund ? .refundNotThrough : .paymentUnresolved, id,
          expected: isRefund ? "its money was back by \(limit)" : "its outcome was known by \(limit)",
          found: "it is \(attempt["status"]), \(Duration.milliseconds(now - limit).rounded) later")
      }
      guard nextTry < now, now - max(0, nextTry) > settings.grace.wholeMilliseconds else { return nil }
      return suspicion(
        .paymentUnresolved, id, expected: "it was looked at again at \(nextTry)",
        found: "nobody has, \(Duration.milliseconds(now - max(0, nextTry)).rounded) later")
    }
  }

  /// When it must have an end, in Unix milliseconds; nil: it has.
  private func limit(of attempt: Record, owedSince: Int64?) -> Int64? {
    let giveUpAt = min(max(0, attempt.number("giveUpAt") ?? 0), 1 << 53)
    return switch attempt["status"] {
    case "pending": giveUpAt + settings.grace.wholeMilliseconds
    // A refund may begin long after the attempt was decided.
    case "refunding": min(max(0, owedSince ?? giveUpAt), 1 << 53) + Self.patience.wholeMilliseconds
    case "abandoned": giveUpAt + Self.patience.wholeMilliseconds
    default: nil
    }
  }

  private func suspicion(_ name: Finding.Name, _ id: String, expected: String, found: String) -> Suspicion {
    stores.suspicion(
      name, id, "attempt \(id)", expected: expected, found: found, at: .payments,
      look: ["HGETALL", PaymentKeys.attempt(text: id).name])
  }
}
