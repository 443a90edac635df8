import Identifiers
import RPC
import SessionToken

/// What a service shows when it calls another one on its own account: a token that names the service and, where there
/// is one, the user for whom it acts. It lives for a minute, and those who are called add `SessionClaims.tolerance`: a
/// service whose clock is wrong by less than two minutes is understood.
package struct ServiceCredentials: Sendable {
  private static let lifetime: Int64 = 60

  private let service: String
  private let keys: SessionKeys

  package init(service: String, keys: SessionKeys) {
    self.service = service
    self.keys = keys
  }

  /// Options for one call. `trace` goes along as the traceparent or request id that it was taken from.
  package func options(actingFor userID: String?, trace: String, timeout: Duration) async throws -> CallOptions {
    let now = UnixTime.now().seconds
    let claims = SessionClaims(id: userID, email: nil, service: service, iat: now, exp: now + Self.lifetime)
    var metadata: Metadata = ["authorization": "Bearer \(try keys.sign(claims))"]
    if let traceparent = TraceParent.accept(trace) {
      metadata.add("traceparent", traceparent)
    } else if let id = RequestID.accept(trace) {
      metadata.add(RequestID.metadataName, id)
    }
    return CallOptions(timeout: timeout, metadata: metadata)
  }
}

extension CallContext {
  /// Throws PERMISSION_DENIED unless the caller is this service, calling on its own account; by its token, and where
  /// processes show certificates, by that too.
  package func requireService(_ name: String) throws {
    guard let caller else {
      let fault = credentialFault
      throw RPCError(
        .unauthenticated, "Not authorized" + (fault.map { ": \($0)" } ?? ""), reason: fault?.reason ?? "NOT_SIGNED_IN")
    }
    guard caller.service == name, peerName == nil || peerName == name else {
      throw RPCError(
        .permissionDenied, "Only the \(name) service may call this", reason: "NOT_\(name.uppercased())")
    }
  }
}
