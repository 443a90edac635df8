import Identifiers
import RPC
import Records
import TicketingProto

/// Events about intents that say that they are ours, but that no stored attempt has.
extension PaymentsHandlers {
  /// Most are intents of which the creation's answer was lost, and which nobody will ever confirm. But where there is
  /// money, the store has lost an attempt, or somebody has charged what we had left: it becomes an attempt again, and
  /// orders decides; or, where that cannot be, it goes back. Until one of the two is done, the event is not taken, so
  /// that the processor posts it again.
  func takeStray(
    _ event: WebhookEvent, of intent: String, claiming id: AttemptID, isStored: Bool, _ now: UnixTime
  ) async throws -> Decision<PaymentStore.WebhookOutcome> {
    if try await store.hasTaken(event) { return .settled(.repeated) }
    let reply = await processor.retrieve(intent: intent)
    guard case .intent(intent, let state) = reply.answer, let terms = reply.terms else {
      if case .refused = reply.answer { return store.take(event, about: nil, at: now) }
      throw RPCError(.unavailable, "The processor does not tell of the intent", retryAfter: .seconds(1))
    }
    // What the intent itself says counts, not the event.
    guard state.isMoney, terms.order == id.orderID, terms.attempt == String(id.number) else {
      return store.take(event, about: nil, at: now)
    }
    logger.error(
      "money has come for an attempt to pay that is not stored so",
      metadata: ["attempt": .string(id.description), "intent": .string(intent), "event": .string(event.id)])
    guard let order = try await store.order(id.orderID) else {
      throw RPCError(.unavailable, "The order is not known here yet", retryAfter: .seconds(1))
    }
    if !isStored,
      let attempt = order.adopting(terms, as: id, currency: settings.currency, now: now, hold: settings.holdMaximum)
    {
      return try await store.adopt(attempt, of: order, by: event, at: now)
    }
    if case .reversed(let reversal) = state, reversal.isWhole {
      return store.take(event, about: nil, at: now)
    }
    let refund = await processor.refund(intent: intent, key: "refund:\(intent)").answer
    switch refund {
    case .refund(_, let state) where !state.hasFailed: return store.take(event, about: nil, at: now)
    case .alreadyBack: return store.take(event, about: nil, at: now)
    default: throw RPCError(.unavailable, "The refund is not through", retryAfter: .seconds(1))
    }
  }
}

extension PayableOrder {
  /// An attempt that was lost with its record, made of what its intent says; nil: this order has no place for it.
  func adopting(
    _ terms: IntentTerms, as id: AttemptID, currency: String, now: UnixTime, hold: Duration
  ) -> Attempt? {
    guard terms.amountCents == priceCents, terms.currency?.lowercased() == currency else { return nil }
    switch attemptStatus {
    case .pending, .succeeded: guard id.number == attempt else { return nil }
    case .abandoned, .refunding, .unsettled: return nil
    case .declined, .refused, .closed, .refunded, nil: guard id.number > attempt else { return nil }
    }
    return Attempt(
      id: id, paymentID: terms.payment.flatMap { ULID($0) }?.description ?? ULID().description, userID: userID,
      amountCents: priceCents, createdAt: now, giveUpAt: now.adding(hold), token: .none, stripeID: terms.intent)
  }
}
