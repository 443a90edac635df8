import RPC
import TicketingProto

extension PaymentsHandlers {
  func handleWebhook(
    _ request: PaymentsV1.HandleWebhookRequest, context: CallContext
  ) async throws -> PaymentsV1.HandleWebhookResponse {
    throw RPCError(.unimplemented, "No webhook is configured", reason: "NO_WEBHOOK")
  }
}
