import RPC
import Synchronization
import TicketingProto

/// The payments service's protocol: what becomes of a payment, its token says.
package final class PaymentsServiceDouble: PaymentsV1.PaymentsServiceProtocol {
  private let received = Mutex<[PaymentsV1.HandleWebhookRequest]>([])
  private enum Challenge { case none, asked, confirmed }

  /// Of the payment under way.
  private let challenge = Mutex(Challenge.none)
  private let sessions: SessionsDouble
  private let calls: CallsDouble

  package init(sessions: SessionsDouble, calls: CallsDouble) {
    self.sessions = sessions
    self.calls = calls
  }

  package var webhooks: [PaymentsV1.HandleWebhookRequest] { received.withLock { $0 } }

  package func createPayment(
    _ request: PaymentsV1.CreatePaymentRequest, context: CallContext
  ) async throws -> PaymentsV1.CreatePaymentResponse {
    try await calls.record(context)
    _ = try sessions.user(of: context)
    var payment = PaymentsV1.Payment(id: "01JAPAYMENT", orderID: request.orderID, status: .succeeded, stripeID: "pi_1")
    switch request.token {
    case "tok_visa": break
    case "tok_slow": payment.status = .pending
    case "" where challenge.withLock({ $0 == .confirmed }): break
    case "tok_threeDSecure2Required",
      "" where challenge.withLock({ $0 == .asked }):
      challenge.withLock { $0 = .asked }
      payment.status = .requiresAction
      payment.clientSecret = "pi_1_secret_1"
      payment.redirectURL = request.returnURL.isEmpty ? "" : "https://hooks.stripe.com/3d_secure?pi_1"
    case "tok_chargeDeclined":
      throw RPCError(.failedPrecondition, "Your card was declined.", reason: "CARD_DECLINED")
    default: throw RPCError.invalidFields([.init(field: "token", message: "Token is not one of the processor's")])
    }
    return .init(payment: payment)
  }

  package func handleWebhook(
    _ request: PaymentsV1.HandleWebhookRequest, context: CallContext
  ) async throws -> PaymentsV1.HandleWebhookResponse {
    try await calls.record(context)
    guard request.signature == "t=1,v1=good" else {
      throw RPCError(.invalidArgument, "The signature does not fit", reason: "BAD_SIGNATURE")
    }
    received.withLock { $0.append(request) }
    return .init()
  }

  package func answerChallenge(
    _ request: PaymentsV1.AnswerChallengeRequest, context: CallContext
  ) async throws -> PaymentsV1.AnswerChallengeResponse {
    try await calls.record(context)
    _ = try sessions.user(of: context)
    guard request.clientSecret == "pi_1_secret_1" else {
      throw RPCError(.notFound, "There is no such challenge", reason: "CHALLENGE_NOT_FOUND")
    }
    challenge.withLock { $0 = request.completed ? .confirmed : .none }
    return .init()
  }
}
