import RPC

/// Why a well-formed request to pay is refused.
enum PaymentError: Error, Hashable {
  case orderNotFound
  case cardMissing
  case notOwner
  case orderCancelled
  case orderComplete
  case attemptsExhausted
  case idempotencyKeyReused
  case concurrentUpdate
  case declined(Decline)
  /// By orders, with its reason.
  case refused(Decline)
  case abandoned
  case refunded
  case challengeNotFound
}

extension PaymentError: RPCErrorConvertible {
  /// The one place where refusals become statuses.
  var rpcError: RPCError {
    switch self {
    case .orderNotFound: RPCError(.notFound, "Order not found", reason: "ORDER_NOT_FOUND")
    case .cardMissing:
      RPCError(
        .invalidArgument, "Invalid request", reason: "INVALID_FIELDS",
        violations: [.init(field: "token", message: "Token is required")])
    case .notOwner: RPCError(.permissionDenied, "Not authorized", reason: "NOT_OWNER")
    case .orderCancelled:
      RPCError(.failedPrecondition, "Cannot pay for a cancelled order", reason: "ORDER_CANCELLED")
    case .orderComplete: RPCError(.failedPrecondition, "The order is paid already", reason: "ORDER_COMPLETE")
    case .attemptsExhausted:
      RPCError(.failedPrecondition, "The order cannot be paid any more", reason: "ATTEMPTS_EXHAUSTED")
    case .idempotencyKeyReused:
      RPCError(
        .failedPrecondition, "This Idempotency-Key came with another request before",
        reason: "IDEMPOTENCY_KEY_REUSED")
    case .concurrentUpdate:
      RPCError(.aborted, "The order kept changing meanwhile, try again", reason: "CONCURRENT_UPDATE")
    case .declined(let reason): RPCError(.failedPrecondition, reason.message, reason: "CARD_DECLINED")
    case .refused(let reason): Self.refusedByOrders(reason)
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

  private static func refusedByOrders(_ reason: Decline) -> RPCError {
    switch reason.code {
    case "ORDER_NOT_FOUND": PaymentError.orderNotFound.rpcError
    case "NOT_OWNER": PaymentError.notOwner.rpcError
    case "ORDER_COMPLETE": PaymentError.orderComplete.rpcError
    // The numbers of attempts here are behind those of orders; the next one is one more.
    case "ATTEMPT_OVER": PaymentError.concurrentUpdate.rpcError
    default: RPCError(.failedPrecondition, reason.message, reason: reason.code)
    }
  }
}
