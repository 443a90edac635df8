import Identifiers
import RPC
import ServiceHost
import TicketingProto

extension PaymentsHandlers {
  func answerChallenge(
    _ request: PaymentsV1.AnswerChallengeRequest, context: CallContext
  ) async throws -> PaymentsV1.AnswerChallengeResponse {
    guard let sandbox = processor as? SandboxProcessor else {
      throw RPCError(.unimplemented, "Stripe asks the card holder itself", reason: "NO_SANDBOX")
    }
    let user = try context.requireUser()
    guard let orderID = ULID(request.orderID)?.description, let order = try await store.order(orderID) else {
      throw PaymentError.challengeNotFound
    }
    guard order.userID == user.id else { throw PaymentError.notOwner }
    let id = AttemptID(orderID: orderID, number: order.attempt)
    guard let attempt = try await store.attempt(id), let challenge = attempt.challenge, let intent = attempt.stripeID,
      !challenge.clientSecret.isEmpty, challenge.clientSecret == request.clientSecret,
      try await sandbox.answerChallenge(of: intent, isCompleted: request.completed)
    else { throw PaymentError.challengeNotFound }
    resolver.drive(id)
    return PaymentsV1.AnswerChallengeResponse()
  }
}
