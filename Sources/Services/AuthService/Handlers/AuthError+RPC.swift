import RPC

extension AuthError: RPCErrorConvertible {
  /// The one place where refusals become statuses.
  var rpcError: RPCError {
    switch self {
    case .emailInUse:
      RPCError(
        .alreadyExists, "Email in use", reason: "EMAIL_IN_USE",
        violations: [.init(field: "email", message: "Email in use")])
    case .invalidCredentials:
      RPCError(.unauthenticated, "Invalid credentials", reason: "INVALID_CREDENTIALS")
    case .rateLimited(let retryAfter):
      RPCError(
        .resourceExhausted, "Too many attempts, try again later", reason: "RATE_LIMITED", retryAfter: retryAfter)
    case .passwordQueueFull:
      RPCError(
        .unavailable, "Too many sign-ins at the moment, try again in a second", reason: "PASSWORD_QUEUE_FULL",
        retryAfter: .seconds(1))
    }
  }
}
