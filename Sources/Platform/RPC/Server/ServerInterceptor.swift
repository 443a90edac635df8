/// Wraps each call on the server side, direct binding included; first in the list is outermost.
///
/// Runs before the request is decoded, so a call that is refused costs no decoding. To log a call's code, pass
/// what `next` threw to ``RPCError/init(reporting:)``.
package protocol ServerInterceptor: Sendable {
  func intercept<Output: Sendable>(
    _ context: CallContext,
    next: (CallContext) async throws -> Output
  ) async throws -> Output
}

/// The interceptors of a ``MethodTable``, applied from the outermost in.
struct InterceptorChain: Sendable {
  let interceptors: [any ServerInterceptor]

  func run<Output: Sendable>(
    _ context: CallContext,
    from index: Int = 0,
    _ handler: (CallContext) async throws -> Output
  ) async throws -> Output {
    guard index < interceptors.count else { return try await handler(context) }
    return try await interceptors[index].intercept(context) { context in
      try await run(context, from: index + 1, handler)
    }
  }
}
