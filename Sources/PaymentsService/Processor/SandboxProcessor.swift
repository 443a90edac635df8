import Identifiers
import Redis

/// Stands in for Stripe where no key is set: knows its test tokens, moves no money, and keeps a ledger of what it
/// would have moved. Its state is in the service's Redis, so it honours a repetition also after a crash.
struct SandboxProcessor: PaymentProcessor {
  let redis: RedisClient

  func createIntent(_ order: ChargeOrder) async -> ProcessorAnswer {
    guard SandboxCard(order.token) != nil else {
      return .refused(Decline(code: "resource_missing", message: "The card was not accepted"))
    }
    return await answering {
      let id = try Self.intentID(ProcessorKey.create(order.attempt))
      let key = PaymentKeys.sandboxIntent(id)
      var commit = Commit()
      commit.require(absent: key)
      commit.hashSet(
        key,
        [
          ("id", .string(id)), ("status", "requires_confirmation"), ("amount", .integer(order.amountCents)),
          ("order", .string(order.attempt.orderID)), ("attempt", .integer(order.attempt.number)),
          ("token", .string(order.token.value)), ("createdAt", .integer(UnixTime.now().milliseconds)),
        ])
      _ = try await redis.commit(commit)
      return try await state(of: id)
    }
  }

  func confirm(intent id: String, of attempt: AttemptID) async -> ProcessorAnswer {
    await answering {
      guard let intent = try await intent(id) else { return Self.unknownIntent }
      let (status, entry): (String, LedgerEntry?) =
        switch intent.card {
        case .pays: ("succeeded", .charge)
        case .wantsAuthentication: ("requires_action", nil)
        case .isDeclined, nil: ("requires_payment_method", nil)
        }
      try await move(intent, from: ["requires_confirmation"], to: status, entry)
      let answer = try await state(of: id)
      if case .intent(_, .requiresPaymentMethod(let reason)) = answer { return .declined(reason ?? .unexplained) }
      return answer
    }
  }

  func retrieve(intent id: String) async -> ProcessorAnswer {
    await answering { try await state(of: id) }
  }

  func cancel(intent id: String) async -> ProcessorAnswer {
    await answering {
      guard let intent = try await intent(id) else { return Self.unknownIntent }
      try await move(
        intent, from: ["requires_confirmation", "requires_action", "requires_payment_method"], to: "canceled", nil)
      return try await state(of: id)
    }
  }

  func refund(intent id: String) async -> RefundAnswer {
    do {
      guard let intent = try await intent(id) else { return .unknown }
      try await move(intent, from: ["succeeded"], to: "refunded", .refund)
      return try await self.intent(id)?.state == .refunded ? .done : .refused(.unexplained)
    } catch {
      return .unknown
    }
  }

  private static let unknownIntent = ProcessorAnswer.refused(
    Decline(code: "resource_missing", message: "No such intent"))

  /// The same for the same key, so that a repeated creation finds what the first has made.
  private static func intentID(_ key: String) throws -> String {
    "pi_sandbox_" + (try SHA256.hexDigest(key).prefix(24))
  }

  private func answering(_ body: () async throws -> ProcessorAnswer) async -> ProcessorAnswer {
    do {
      return try await body()
    } catch {
      return .unknown
    }
  }

  private func state(of id: String) async throws -> ProcessorAnswer {
    guard let state = try await intent(id)?.state else { return Self.unknownIntent }
    return .intent(id: id, state)
  }

  private func intent(_ id: String) async throws -> SandboxIntent? {
    let fields = try await redis.hgetall(PaymentKeys.sandboxIntent(id))
    return fields.isEmpty ? nil : try SandboxIntent(fields)
  }

  private enum LedgerEntry: String { case charge, refund }

  /// Nothing happens where the intent is in another state: it has been moved before.
  private func move(
    _ intent: SandboxIntent, from states: [String], to state: String, _ entry: LedgerEntry?
  ) async throws {
    let key = PaymentKeys.sandboxIntent(intent.id)
    var commit = Commit()
    commit.require(key, field: "status", isOneOf: states)
    commit.hashSet(key, [("status", .string(state))])
    if let entry {
      commit.append(
        to: PaymentKeys.sandboxLedger,
        fields: [
          ("kind", .string(entry.rawValue)), ("intent", .string(intent.id)), ("order", .string(intent.orderID)),
          ("attempt", .integer(intent.attempt)), ("amount", .integer(intent.amountCents)),
        ])
    }
    _ = try await redis.commit(commit)
  }
}

/// An intent as the sandbox stores it.
private struct SandboxIntent {
  let id: String
  let status: String
  let card: SandboxCard?
  let orderID: String
  let attempt: Int64
  let amountCents: Int64

  init(_ fields: RedisFields) throws {
    id = try fields.string("id")
    status = try fields.string("status")
    card = CardToken(try fields.string("token")).flatMap(SandboxCard.init)
    orderID = try fields.string("order")
    attempt = try fields.int64("attempt")
    amountCents = try fields.int64("amount")
  }

  var state: IntentState {
    switch status {
    case "requires_confirmation": return .requiresConfirmation
    case "requires_action": return .requiresAction
    case "requires_payment_method":
      if case .isDeclined(let reason) = card { return .requiresPaymentMethod(reason) }
      return .requiresPaymentMethod(nil)
    case "succeeded": return .succeeded
    case "canceled": return .canceled
    case "refunded": return .refunded
    default: return .processing
    }
  }
}
