import RPC

/// Where processes show certificates to each other: lets a service's methods be called by those that may.
///
/// A process goes by the first DNS name in its certificate, which is its service's: `gateway`, `payments`. Health may
/// be asked by everyone whose certificate is of our authority.
package struct PeerInterceptor: ServerInterceptor {
  /// Path prefix of a service's methods -> its callers.
  private let callers: [(prefix: String, names: Set<String>)]

  package init(_ services: [HostedService]) {
    callers = services.map { ("/\($0.serviceName)/", $0.callers) }
  }

  package func intercept<Output: Sendable>(
    _ context: CallContext, next: (CallContext) async throws -> Output
  ) async throws -> Output {
    if let names = callers.first(where: { context.path.hasPrefix($0.prefix) })?.names,
      !names.contains(context.peerName ?? "")
    {
      throw RPCError(
        .permissionDenied, "\(context.peerName ?? "A peer without a name") may not call this service",
        reason: "PEER_NOT_ALLOWED")
    }
    return try await next(context)
  }
}
