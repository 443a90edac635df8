import RPC
import TicketingProto

extension AuthHandlers {
  func signIn(_ request: AuthV1.SignInRequest, context: CallContext) async throws -> AuthV1.SignInResponse {
    let credentials = try Credentials.forSignIn(email: request.email, password: request.password)
    try await attempts.count(limits(credentials.email, clientAddress(request.clientAddress, context)))
    let user = try await users.user(email: credentials.email)
    guard try await hasher.verify(credentials.password, against: user?.password), let user else {
      throw AuthError.invalidCredentials
    }
    return AuthV1.SignInResponse(
      user: AuthV1.User(id: user.id, email: user.email), session: try await session(of: user))
  }

  /// An address may try ten times as often as an account: many people can share one.
  private func limits(_ email: EmailAddress, _ address: String) -> [AttemptLimiter.Limit] {
    [
      .init(action: "signin", subject: "account:\(email.value)", perMinute: settings.signInsPerMinute),
      .init(action: "signin", subject: "address:\(address)", perMinute: settings.signInsPerMinute * 10),
    ]
  }
}
