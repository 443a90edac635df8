import Identifiers
import RPC
import Records
import Redis

extension PaymentError: RPCErrorConvertible {
  /// The one place where refusals become statuses.
  var rpcError: RPCError {
    switch self {
    case .orderNotFound: OrderRefusal.notFound.rpcError
    case .cardMissing: InvalidFields("token", "Token is required").rpcError
    case .notOwner: OrderRefusal.notOwner.rpcError
    case .orderCancelled:
      RPCError(
        .failedPrecondition, "Cannot pay for a cancelled order", reason: OrderRefusal.cancelled.rawValue)
    case .orderComplete:
      RPCError(.failedPrecondition, "The order is paid already", reason: OrderRefusal.complete.rawValue)
    case .attemptsExhausted:
      RPCError(.failedPrecondition, "The order cannot be paid any more", reason: "ATTEMPTS_EXHAUSTED")
    case .declined(let reason): RPCError(.failedPrecondition, reason.message, reason: "CARD_DECLINED")
    case .refused(.complete): PaymentError.orderComplete.rpcError
    // The numbers of attempts here are behind those of orders; the next one is one more.
    case .refused(.attemptOver): Contended().rpcError
    case .refused(let refusal): refusal.rpcError
    case .abandoned:
      RPCError(
        .failedPrecondition,
        "The payment was given up because its outcome stayed unknown; if it did succeed, it is refunded",
        reason: "PAYMENT_ABANDONED")
    case .challengeNotFound:
      RPCError(.notFound, "No payment waits for this answer", reason: "CHALLENGE_NOT_FOUND")
    case .refunded: RPCError(.failedPrecondition, "The payment is refunded", reason: "PAYMENT_REFUNDED")
    }
  }
}
