import Identifiers
import RPC
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
      signature.isRecent(try await store.clock().now)
    else { throw RPCError(.invalidArgument, "The signature does not fit", reason: "BAD_SIGNATURE") }
    guard let event = WebhookEvent(payload) else {
      throw RPCError(.invalidArgument, "The body is not an event", reason: "BAD_PAYLOAD")
    }
    for _ in 0..<Self.webhookAttempts {
      switch try await take(event) {
      case .taken(let isLookedUp):
        if isLookedUp { resolver.wake() }
        return PaymentsV1.HandleWebhookResponse()
      case .repeated: return PaymentsV1.HandleWebhookResponse()
      case .outdated: continue
      }
    }
    // The processor posts it again.
    throw PaymentError.concurrentUpdate
  }

  private static let webhookAttempts = 5

  private func take(_ event: WebhookEvent) async throws -> PaymentStore.WebhookOutcome {
    guard event.isOfInterest, let subject = event.subject else {
      return try await store.take(event, about: nil, at: try await store.clock().now)
    }
    let owner = try await store.attempt(ofIntent: subject.intent)
    guard let id = owner ?? subject.attempt else {
      return try await store.take(event, about: nil, at: try await store.clock().now)
    }
    let (attempt, clock) = try await store.attemptAndClock(id)
    if let attempt, attempt.stripeID == subject.intent {
      return try await store.take(event, about: attempt, at: clock.now)
    }
    return try await takeStray(event, of: subject.intent, claiming: id, isStored: attempt != nil, clock.now)
  }
}
