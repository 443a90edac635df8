import Identifiers
import RPC
import Records

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
    case .notFound: OrderRefusal.notFound.rpcError
    case .notOwner: OrderRefusal.notOwner.rpcError
    case .complete: OrderRefusal.complete.rpcError
    case .paymentInProgress:
      RPCError(.failedPrecondition, "The order is just being paid", reason: "PAYMENT_IN_PROGRESS")
    case .cancelled: OrderRefusal.cancelled.rpcError
    case .expired: OrderRefusal.expired.rpcError
    case .amountMismatch: OrderRefusal.amountMismatch.rpcError
    case .attemptOver: OrderRefusal.attemptOver.rpcError
    case .versionExhausted:
      RPCError(.failedPrecondition, "The order cannot change any more", reason: "VERSION_EXHAUSTED")
    case .tooManyWatchers:
      RPCError(
        .resourceExhausted, "Too many orders are being watched, try again later", reason: "TOO_MANY_WATCHERS",
        retryAfter: .seconds(5))
    }
  }
}
