import Identifiers
import RPC
import SessionToken
import TicketingProto

/// The auth service's RPCs; each has a file of its own beside this one.
struct AuthHandlers: AuthV1.AuthServiceProtocol {
  let users: UserStore
  let hasher: PasswordHasher
  let keys: SessionKeys
  let attempts: AttemptLimiter
  let settings: AuthSettings

  /// Begins a session for a user whose password was just proved or set.
  func session(of user: StoredUser) async throws -> AuthV1.Session {
    let now = UnixTime.now().seconds
    let claims = SessionClaims(id: user.id, email: user.email, iat: now, exp: now + AuthSettings.sessionSeconds)
    return AuthV1.Session(token: try keys.sign(claims), issuedTime: claims.iat, expiryTime: claims.exp)
  }

  /// The address to count attempts under: the one that the gateway names, else the peer's own.
  func clientAddress(_ named: String, _ context: CallContext) -> String {
    named.isEmpty ? context.peer : String(named.prefix(64))
  }
}
