import Cryptography
import Identifiers
import Redis

/// Stands in for Stripe where no key is set: knows its test tokens, moves no money, and keeps a ledger of what it
/// would have moved. Its state is in the service's Redis, so it honours a repetition also after a crash.
struct SandboxProcessor: PaymentProcessor {
  let redis: RedisClient
  let currency: String

  func createIntent(_ order: ChargeOrder, key: String) async -> ProcessorReply {
    guard SandboxCard(order.token) != nil else {
      return ProcessorReply(
        answer: .refused(Decline(code: "resource_missing", message: ProcessorReply.notAccepted)))
    }
    return await answering {
      let id = try Self.intentID(key)
      let record = PaymentKeys.sandboxIntent(id)
      var commit = Commit()
      commit.require(absent: record)
      commit.hashSet(
        record,
        [
          ("id", .string(id)), ("status", "requires_confirmation"), ("amount", .integer(order.amountCents)),
          ("currency", .string(currency)), ("order", .string(order.attempt.orderID)),
          ("attempt", .integer(order.attempt.number)), ("payment", .string(order.paymentID)),
          ("token", .string(order.token.value)), ("clientSecret", .string(Self.secret(of: id))),
          ("createdAt", .integer(UnixTime.now().milliseconds)),
        ])
      _ = try await redis.commit(commit)
      return try await state(of: id)
    }
  }

  func confirm(intent id: String, returningTo url: String, key: String) async -> ProcessorReply {
    await answering {
      guard let intent = try await intent(id) else { return Self.unknownIntent }
      let (status, entry): (String, LedgerEntry?) =
        switch intent.card {
        case .pays: ("succeeded", .charge)
        case .wantsAuthentication: ("requires_action", nil)
        case .isDeclined, nil: ("requires_payment_method", nil)
        }
      _ = try await move(intent, from: ["requires_confirmation"], to: status, entry)
      let reply = try await state(of: id)
      if case .intent(_, .requiresPaymentMethod(let reason)) = reply.answer {
        return ProcessorReply(answer: .declined(reason ?? .unexplained), terms: reply.terms)
      }
      return reply
    }
  }

  func retrieve(intent id: String) async -> ProcessorReply {
    await answering { try await state(of: id) }
  }

  func cancel(intent id: String) async -> ProcessorReply {
    await answering {
      guard let intent = try await intent(id) else { return Self.unknownIntent }
      _ = try await move(
        intent, from: ["requires_confirmation", "requires_action", "requires_payment_method", "authentication_failed"],
        to: "canceled", nil)
      return try await state(of: id)
    }
  }

  func refund(intent id: String, key: String) async -> RefundReply {
    do {
      guard let intent = try await intent(id) else { return RefundReply(answer: .unknown) }
      let isNew = try await move(intent, from: ["succeeded"], to: "refunded", .refund)
      guard try await self.intent(id)?.status == "refunded" else { return RefundReply(answer: .refused(.unexplained)) }
      return isNew ? Self.refund(of: intent) : RefundReply(answer: .alreadyBack)
    } catch {
      return RefundReply(answer: .unknown)
    }
  }

  func retrieve(refund id: String) async -> RefundReply {
    do {
      guard id.hasPrefix(Self.refundPrefix),
        let intent = try await intent(String(id.dropFirst(Self.refundPrefix.count)))
      else { return RefundReply(answer: .refused(.unexplained)) }
      return intent.status == "refunded" ? Self.refund(of: intent) : RefundReply(answer: .refused(.unexplained))
    } catch {
      return RefundReply(answer: .unknown)
    }
  }

  /// What the card holder does at a challenge. false: this intent asks for nothing, or not any more.
  func answerChallenge(of id: String, isCompleted: Bool) async throws -> Bool {
    guard let intent = try await intent(id) else { return false }
    return isCompleted
      ? try await move(intent, from: ["requires_action"], to: "succeeded", .charge)
      : try await move(intent, from: ["requires_action"], to: "authentication_failed", nil)
  }

  private static let refundPrefix = "re_"
  private static let unknownIntent = ProcessorReply(
    answer: .refused(Decline(code: "resource_missing", message: "No such intent")))

  private static func refund(of intent: SandboxIntent) -> RefundReply {
    RefundReply(
      answer: .refund(id: refundPrefix + intent.id, .succeeded),
      terms: RefundTerms(intent: intent.id, amountCents: intent.amountCents, currency: intent.currency))
  }

  /// The same for the same key, so that a repeated creation finds what the first has made.
  private static func intentID(_ key: String) throws -> String {
    "pi_sandbox_" + (try Digest.sha256(key.utf8).hex.prefix(24))
  }

  /// Not to be guessed: it is what lets a page answer the challenge.
  private static func secret(of id: String) -> String {
    "\(id)_secret_\([UInt8].random(count: 16).hex)"
  }

  private func answering(_ body: () async throws -> ProcessorReply) async -> ProcessorReply {
    do {
      return try await body()
    } catch {
      return ProcessorReply(answer: .unknown)
    }
  }

  private func state(of id: String) async throws -> ProcessorReply {
    guard let intent = try await intent(id) else { return Self.unknownIntent }
    return ProcessorReply(answer: .intent(id: id, intent.state), terms: intent.terms)
  }

  private func intent(_ id: String) async throws -> SandboxIntent? {
    let fields = try await redis.hgetall(PaymentKeys.sandboxIntent(id))
    return fields.isEmpty ? nil : try SandboxIntent(fields)
  }

  private enum LedgerEntry: String { case charge, refund }

  /// false, and nothing happens, where the intent is in another state: it has been moved before.
  private func move(
    _ intent: SandboxIntent, from states: [String], to state: String, _ entry: LedgerEntry?
  ) async throws -> Bool {
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
    if case .refused = try await redis.commit(commit) { return false }
    return true
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
  let currency: String
  let payment: String?
  let clientSecret: String

  init(_ fields: RedisFields) throws {
    id = try fields.string("id")
    status = try fields.string("status")
    card = CardToken(try fields.string("token")).flatMap(SandboxCard.init)
    orderID = try fields.string("order")
    attempt = try fields.int64("attempt")
    amountCents = try fields.int64("amount")
    currency = try fields.string("currency")
    payment = fields["payment"]?.string
    clientSecret = fields["clientSecret"]?.string ?? ""
  }

  var terms: IntentTerms {
    IntentTerms(
      intent: id, amountCents: amountCents, receivedCents: state.isMoney ? amountCents : 0, currency: currency,
      order: orderID, attempt: String(attempt), payment: payment)
  }

  var state: IntentState {
    switch status {
    case "requires_confirmation": return .requiresConfirmation
    case "requires_action": return .requiresAction(Challenge(clientSecret: clientSecret, redirectURL: ""))
    case "requires_payment_method":
      if case .isDeclined(let reason) = card { return .requiresPaymentMethod(reason) }
      return .requiresPaymentMethod(nil)
    case "authentication_failed": return .requiresPaymentMethod(.authenticationFailed)
    case "succeeded": return .succeeded
    case "canceled": return .canceled
    case "refunded": return .reversed(.refunded)
    default: return .processing
    }
  }
}
