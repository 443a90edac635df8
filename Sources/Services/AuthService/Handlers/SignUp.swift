import Identifiers
import RPC
import TicketingProto

extension AuthHandlers {
  func signUp(_ request: AuthV1.SignUpRequest, context: CallContext) async throws -> AuthV1.SignUpResponse {
    let credentials = try Credentials.forSignUp(email: request.email, password: request.password)
    try await attempts.count([
      .init(
        action: "signup", subject: "address:\(clientAddress(request.clientAddress, context))",
        perMinute: settings.signUpsPerMinute)
    ])
    // Only spares the hashing: whose the email is, the commit decides.
    guard try await users.userID(email: credentials.email) == nil else { throw AuthError.emailInUse }
    let user = StoredUser(
      id: ULID().description, email: credentials.email.value,
      password: try await hasher.hash(credentials.password))
    try await users.create(user, at: .now())
    return AuthV1.SignUpResponse(
      user: AuthV1.User(id: user.id, email: user.email), session: try await session(of: user))
  }
}
