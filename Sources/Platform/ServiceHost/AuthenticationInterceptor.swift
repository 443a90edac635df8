import Identifiers
import RPC
import SessionToken

/// Finds out who calls: verifies the token in `authorization: Bearer …` and puts its owner into the context.
/// A call without a valid token goes on as nobody's; a method that needs somebody asks by `requireUser()`.
struct AuthenticationInterceptor: ServerInterceptor {
  let keys: SessionKeys

  func intercept<Output: Sendable>(
    _ context: CallContext, next: (CallContext) async throws -> Output
  ) async throws -> Output {
    guard let header = context.metadata["authorization"], let token = bearerToken(header) else {
      return try await next(context)
    }
    var context = context
    do {
      let claims = try keys.verify(token, at: UnixTime.now().seconds)
      context.caller = Caller(
        userID: claims.id, email: claims.email, service: claims.service, issuedAt: claims.iat)
    } catch {
      context.credentialFault = CredentialFault(
        reason: error.reason, description: error.description, service: error.service)
    }
    return try await next(context)
  }
}

/// A signed-in user, as handlers want to know it.
package struct User: Sendable, Hashable {
  package let id: String
  package let email: String
  /// When the session began, in Unix seconds.
  package let signedInAt: Int64
}

extension CallContext {
  /// The signed-in user. Throws UNAUTHENTICATED where there is none.
  package func requireUser() throws -> User {
    guard let caller, let id = caller.userID, let email = caller.email else {
      throw RPCError(.unauthenticated, "Not authorized", reason: "NOT_SIGNED_IN")
    }
    return User(id: id, email: email, signedInAt: caller.issuedAt)
  }
}
