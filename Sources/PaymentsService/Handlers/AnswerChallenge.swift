import RPC
import TicketingProto

extension PaymentsHandlers {
  func answerChallenge(
    _ request: PaymentsV1.AnswerChallengeRequest, context: CallContext
  ) async throws -> PaymentsV1.AnswerChallengeResponse {
    throw RPCError(.unimplemented, "There are no challenges", reason: "NO_SANDBOX")
  }
}
