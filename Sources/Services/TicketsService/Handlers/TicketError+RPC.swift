import RPC

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
    case .versionExhausted:
      RPCError(.failedPrecondition, "The ticket cannot change any more", reason: "VERSION_EXHAUSTED")
    }
  }
}
