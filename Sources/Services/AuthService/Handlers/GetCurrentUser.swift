import RPC
import ServiceHost
import TicketingProto

extension AuthHandlers {
  func getCurrentUser(
    _ request: AuthV1.GetCurrentUserRequest, context: CallContext
  ) async throws -> AuthV1.GetCurrentUserResponse {
    let user = try context.requireUser()
    return AuthV1.GetCurrentUserResponse(
      user: AuthV1.User(id: user.id, email: user.email), issuedTime: user.signedInAt)
  }
}
