import RPC

/// Why a well-formed request about a ticket is refused.
enum TicketError: Error, Hashable {
  case notFound
  case notOwner
  case reserved
  /// It is at this version, not at the expected one.
  case outdated(version: Int64)
  case concurrentUpdate
  case versionExhausted
  case idempotencyKeyReused
}

extension TicketError: RPCErrorConvertible {
  /// The one place where refusals become statuses.
  var rpcError: RPCError {
    switch self {
    case .notFound: RPCError(.notFound, "Ticket not found", reason: "TICKET_NOT_FOUND")
    case .notOwner: RPCError(.permissionDenied, "Not authorized", reason: "NOT_OWNER")
    case .reserved:
      RPCError(.failedPrecondition, "Cannot edit a reserved ticket", reason: "TICKET_RESERVED")
    case .outdated(let version):
      RPCError(
        .failedPrecondition, "The ticket has changed meanwhile", reason: "VERSION_OUTDATED",
        details: ["version": version])
    case .concurrentUpdate:
      RPCError(.aborted, "The ticket kept changing meanwhile, try again", reason: "CONCURRENT_UPDATE")
    case .versionExhausted:
      RPCError(.failedPrecondition, "The ticket cannot change any more", reason: "VERSION_EXHAUSTED")
    case .idempotencyKeyReused:
      RPCError(
        .failedPrecondition, "This Idempotency-Key came with another request before",
        reason: "IDEMPOTENCY_KEY_REUSED")
    }
  }
}
