import Hummingbird
import NIOCore
import RPC
import TicketingProto

/// What is known of one request beside the request itself.
package struct GatewayContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  /// Whoever is at the other end of the connection: a client or a proxy.
  package let peer: SocketAddress?
  /// Set by ``Edge`` before any route runs; empty until then.
  package internal(set) var requestID = ""
  var traceparent = ""
  /// The pattern of the route; nil where there is none for the request, which the library has a name for.
  var route: String? { endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil } }
  package let user = RequestUser()
  var callTimeout: Duration = .seconds(10)

  package init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    peer = source.channel.remoteAddress
  }

  /// The options of a call on nobody's behalf.
  package var anonymousCall: CallOptions {
    CallOptions(timeout: callTimeout, metadata: [RequestID.metadataName: requestID, "traceparent": traceparent])
  }

  /// The options of a call that carries a session token, which the services verify.
  package func call(token: String) -> CallOptions {
    user.claim(token)
    var call = anonymousCall
    call.metadata.add("authorization", "Bearer \(token)")
    return call
  }

  /// The options of a call that only a signed-in user can make. Whether the token is any good, the service finds out.
  package func signedInCall(_ request: Request) throws(APIError) -> CallOptions {
    guard let token = SessionCookie.token(in: request.headers) else { throw .notSignedIn }
    return call(token: token)
  }
}

extension AuthV1.AuthServiceClient {
  /// Whose session a request brings; nil also for one that has ended.
  package func session(of request: Request, _ context: GatewayContext) async throws -> AuthV1.GetCurrentUserResponse? {
    guard let token = SessionCookie.token(in: request.headers) else { return nil }
    do {
      return try await getCurrentUser(.init(), options: context.call(token: token))
    } catch let error as RPCError where error.code == .unauthenticated {
      context.user.forget()
      return nil
    }
  }
}
