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
    guard let signature = WebhookSignature(request.signature), signature.fits(payload, secret: secret, now: .now())
    else { throw RPCError(.invalidArgument, "The signature does not fit", reason: "BAD_SIGNATURE") }
    guard let event = WebhookEvent(payload) else {
      throw RPCError(.invalidArgument, "The body is not an event", reason: "BAD_PAYLOAD")
    }
    for _ in 0..<Self.webhookAttempts {
      switch try await store.take(event, doubting: try await attempt(of: event), at: .now()) {
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

  /// nil: it is about none of ours, or about an intent that a lost race has left unused.
  private func attempt(of event: WebhookEvent) async throws -> Attempt? {
    guard event.type.hasPrefix("payment_intent."), let subject = event.subject,
      let attempt = try await store.attempt(subject.attempt), attempt.stripeID == subject.intent
    else { return nil }
    return attempt
  }
}
