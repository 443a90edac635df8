import RPC
import Synchronization
import TicketingProto

/// The auth service's protocol with rules like its own and accounts in memory.
package final class AuthServiceDouble: AuthV1.AuthServiceProtocol {
  private struct State {
    var passwords: [String: (id: String, password: String)] = [:]
    var clientAddresses: [String] = []
  }

  private let state = Mutex(State())
  private let sessions: SessionsDouble
  private let calls: CallsDouble

  package init(sessions: SessionsDouble, calls: CallsDouble) {
    self.sessions = sessions
    self.calls = calls
  }

  /// Whom sign-ups and sign-ins were said to come from.
  package var clientAddresses: [String] { state.withLock { $0.clientAddresses } }

  package func signUp(_ request: AuthV1.SignUpRequest, context: CallContext) async throws -> AuthV1.SignUpResponse {
    try await calls.record(context)
    var violations: [RPCError.Violation] = []
    if !isEmail(request.email) { violations.append(.init(field: "email", message: "Email must be valid")) }
    if !(8...128).contains(request.password.unicodeScalars.count) {
      violations.append(.init(field: "password", message: "Password must be between 8 and 128 characters"))
    }
    guard violations.isEmpty else { throw RPCError.invalidFields(violations) }
    let email = request.email.lowercased()
    let id = try state.withLock { state in
      state.clientAddresses.append(request.clientAddress)
      guard state.passwords[email] == nil else {
        throw RPCError(
          .alreadyExists, "Email in use", reason: "EMAIL_IN_USE",
          violations: [.init(field: "email", message: "Email in use")])
      }
      let id = "01JAUSER\(1000 + state.passwords.count)"
      state.passwords[email] = (id, request.password)
      return id
    }
    let session = session(SessionsDouble.User(id: id, email: email))
    return AuthV1.SignUpResponse(user: AuthV1.User(id: id, email: email), session: session)
  }

  package func signIn(_ request: AuthV1.SignInRequest, context: CallContext) async throws -> AuthV1.SignInResponse {
    try await calls.record(context)
    let email = request.email.lowercased()
    let known = state.withLock { state in
      state.clientAddresses.append(request.clientAddress)
      return state.passwords[email]
    }
    guard let known, known.password == request.password else {
      throw RPCError(.unauthenticated, "Invalid credentials", reason: "INVALID_CREDENTIALS")
    }
    let session = session(SessionsDouble.User(id: known.id, email: email))
    return AuthV1.SignInResponse(user: AuthV1.User(id: known.id, email: email), session: session)
  }

  package func getCurrentUser(
    _ request: AuthV1.GetCurrentUserRequest, context: CallContext
  ) async throws -> AuthV1.GetCurrentUserResponse {
    try await calls.record(context)
    let user = try sessions.user(of: context)
    return AuthV1.GetCurrentUserResponse(
      user: AuthV1.User(id: user.id, email: user.email), issuedTime: SessionsDouble.issuedTime)
  }

  private func session(_ user: SessionsDouble.User) -> AuthV1.Session {
    let issued = SessionsDouble.issuedTime
    return AuthV1.Session(
      token: sessions.issue(to: user), issuedTime: issued, expiryTime: issued + SessionsDouble.lifetime)
  }

  private func isEmail(_ text: String) -> Bool {
    text.contains("@") && text.contains(".") && !text.contains(where: \.isNewline) && text.utf8.count <= 254
  }
}
