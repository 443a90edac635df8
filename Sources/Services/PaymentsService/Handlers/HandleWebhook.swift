import Identifiers
import RPC
import Records
import ServiceHost
import TicketingProto

extension PaymentsHandlers {
  func handleWebhook(
    _ request: PaymentsV1.HandleWebhookRequest, context: CallContext
  ) async throws -> PaymentsV1.HandleWebhookResponse {
    guard let secret = settings.webhookSecret else {
      throw RPCError(.unimplemented, "No webhook is configured", reason: "NO_WEBHOOK")
    }
    let payload = Array(request.payload)
    // The store is asked for the time only of what somebody has signed.
    guard let signature = WebhookSignature(request.signature), signature.isOf(payload, secret: secret),
      signature.isRecent(try await store.redis.clock().now)
    else { throw RPCError(.invalidArgument, "The signature does not fit", reason: "BAD_SIGNATURE") }
    guard let event = WebhookEvent(payload) else {
      throw RPCError(.invalidArgument, "The body is not an event", reason: "BAD_PAYLOAD")
    }
    // Where others keep changing the attempt, the processor posts it again.
    let outcome = try await store.redis.decide { try await take(event) }
    if case .taken(isLookedUp: true) = outcome { resolver.wake() }
    return PaymentsV1.HandleWebhookResponse()
  }

  private func take(_ event: WebhookEvent) async throws -> Decision<PaymentStore.WebhookOutcome> {
    let clock = try await store.redis.clock()
    guard event.isOfInterest, let subject = event.subject,
      let id = try await store.attempt(ofIntent: subject.intent) ?? subject.attempt
    else { return store.take(event, about: nil, at: clock.now) }
    let attempt = try await store.attempt(id)
    if let attempt, attempt.stripeID == subject.intent { return store.take(event, about: attempt, at: clock.now) }
    return try await takeStray(event, of: subject.intent, claiming: id, isStored: attempt != nil, clock.now)
  }
}
