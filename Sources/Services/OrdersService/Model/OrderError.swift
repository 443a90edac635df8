import RPC

/// Why a well-formed request about an order is refused.
enum OrderError: Error, Hashable {
  case ticketNotFound
  case ticketReserved
  /// The buyer saw another offer than this, which there is now.
  case priceChanged(priceCents: Int64, version: Int64)
  case ownTicket
  case ticketTooNew
  case notFound
  case notOwner
  case complete
  case paymentInProgress
  case cancelled
  case expired
  case amountMismatch
  case attemptOver
  case idempotencyKeyReused
  case concurrentUpdate
  case versionExhausted
  case tooManyWatchers
}

extension OrderError: RPCErrorConvertible {
  /// The one place where refusals become statuses.
  var rpcError: RPCError {
    switch self {
    case .ticketNotFound: RPCError(.notFound, "Ticket not found", reason: "TICKET_NOT_FOUND")
    case .ticketReserved: RPCError(.failedPrecondition, "Ticket is already reserved", reason: "TICKET_RESERVED")
    case .priceChanged(let priceCents, let version):
      RPCError(
        .failedPrecondition, "The ticket has changed since you looked", reason: "PRICE_CHANGED",
        details: ["price_cents": priceCents, "version": version])
    case .ownTicket: RPCError(.failedPrecondition, "Nobody can buy their own ticket", reason: "OWN_TICKET")
    case .ticketTooNew:
      RPCError(
        .unavailable, "The ticket has changed only a moment ago, try again", reason: "TICKET_TOO_NEW",
        retryAfter: .seconds(1))
    case .notFound: RPCError(.notFound, "Order not found", reason: "ORDER_NOT_FOUND")
    case .notOwner: RPCError(.permissionDenied, "Not authorized", reason: "NOT_OWNER")
    case .complete: RPCError(.failedPrecondition, "The order is paid", reason: "ORDER_COMPLETE")
    case .paymentInProgress:
      RPCError(.failedPrecondition, "The order is just being paid", reason: "PAYMENT_IN_PROGRESS")
    case .cancelled: RPCError(.failedPrecondition, "The order is cancelled", reason: "ORDER_CANCELLED")
    case .expired: RPCError(.failedPrecondition, "The time to pay the order is over", reason: "ORDER_EXPIRED")
    case .amountMismatch:
      RPCError(.failedPrecondition, "The amount is not the order's price", reason: "AMOUNT_MISMATCH")
    case .attemptOver:
      RPCError(.failedPrecondition, "This attempt to pay the order is over", reason: "ATTEMPT_OVER")
    case .idempotencyKeyReused:
      RPCError(
        .failedPrecondition, "This Idempotency-Key came with another request before",
        reason: "IDEMPOTENCY_KEY_REUSED")
    case .concurrentUpdate:
      RPCError(.aborted, "The order kept changing meanwhile, try again", reason: "CONCURRENT_UPDATE")
    case .versionExhausted:
      RPCError(.failedPrecondition, "The order cannot change any more", reason: "VERSION_EXHAUSTED")
    case .tooManyWatchers:
      RPCError(
        .resourceExhausted, "Too many orders are being watched, try again later", reason: "TOO_MANY_WATCHERS",
        retryAfter: .seconds(5))
    }
  }
}
