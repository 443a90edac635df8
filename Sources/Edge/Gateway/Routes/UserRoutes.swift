import HTTPTypes
import Hummingbird
import JSONWriting
import RPC
import TicketingProto

/// `/api/users`: accounts and sessions.
struct UserRoutes: Sendable {
  let auth: AuthV1.AuthServiceClient
  let bodies: JSONBodies
  let cookie: SessionCookie
  let clients: ClientAddresses

  @Sendable func signUp(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let (email, password) = try await credentials(request)
    let address = clients.address(peer: context.peer, fields: request.headers)
    let answer = try await auth.signUp(
      .init(email: email, password: password, clientAddress: address), options: context.anonymousCall)
    return try signedIn(.created, answer.user, answer.session, context)
  }

  @Sendable func signIn(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let (email, password) = try await credentials(request)
    let address = clients.address(peer: context.peer, fields: request.headers)
    let answer = try await auth.signIn(
      .init(email: email, password: password, clientAddress: address), options: context.anonymousCall)
    return try signedIn(.ok, answer.user, answer.session, context)
  }

  private func credentials(_ request: Request) async throws -> (email: String, password: String) {
    var fields = try await bodies.fields(of: request)
    let credentials = (fields.text("email"), fields.text("password"))
    try fields.check()
    return credentials
  }

  /// The token stays valid until it expires: sessions are kept by nobody but the client.
  @Sendable func signOut(_ request: Request, _ context: GatewayContext) async throws -> Response {
    .json(.ok, "{}", extra: [cookie.clearing])
  }

  @Sendable func currentUser(_ request: Request, _ context: GatewayContext) async throws -> Response {
    guard let answer = try await auth.session(of: request, context) else {
      return .json(.ok, #"{"currentUser":null}"#)
    }
    let user = try answer.user.required("GetCurrentUserResponse.user")
    var json = JSONWriter()
    json.literal(#"{"currentUser":{"id":"#, user.id)
    json.literal(#","email":"#, user.email)
    json.literal(#","iat":"#, answer.issuedTime)
    json.literal("}}")
    return .json(.ok, json.buffer)
  }

  private func signedIn(
    _ status: HTTPResponse.Status, _ user: AuthV1.User?, _ session: AuthV1.Session?, _ context: GatewayContext
  ) throws -> Response {
    let user = try user.required("user")
    context.user.set(user.id)
    let session = try session.required("session")
    var json = JSONWriter()
    json.literal(#"{"id":"#, user.id)
    json.literal(#","email":"#, user.email)
    json.literal("}")
    return .json(status, json.buffer, extra: [cookie.field(session)])
  }
}
