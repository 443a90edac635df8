/// Calls a ``MethodTable`` in the same process: typed, without encoding, interceptors included.
///
/// A call behaves as it does over the wire: a deadline or a cancelled caller cancels the handler's task and ends
/// the call at once, and whatever a handler throws arrives as ``RPCError`` without its cause's description.
package struct DirectChannel: RPCChannel {
  private let table: MethodTable

  package init(table: MethodTable) {
    self.table = table
  }

  package func unary<Request, Response>(
    _ method: MethodDescriptor<Request, Response>,
    _ request: Request,
    options: CallOptions
  ) async throws -> Response {
    guard case .unary(let registered) = table.method(at: method.path) else {
      throw RPCError.unknownMethod(method.path)
    }
    let chain = table.chain
    let context = Self.context(path: method.path, options: options)
    let response = DirectResponse<Response>()
    if let typed = registered.typed(Request.self, Response.self) {
      let call = DirectCall.start(context) {
        response.set(try await typed.invoke(request, context, chain))
      }
      try await call.wait()
    } else {
      // Registered with other Swift types for the same proto messages.
      let encoded = try MessageFraming.encode(request)
      let call = DirectCall.start(context) {
        response.set(try MessageFraming.decodeFramed(try await registered.invoke(encoded, context, chain)))
      }
      try await call.wait()
    }
    return try response.take()
  }

  package func serverStreaming<Request, Response, Result: Sendable>(
    _ method: MethodDescriptor<Request, Response>,
    _ request: Request,
    options: CallOptions,
    body: (ResponseStream<Response>) async throws -> Result
  ) async throws -> Result {
    guard
      case .serverStreaming(let registered) = table.method(at: method.path),
      let typed = registered as? ServerStreamingMethod<Request, Response>
    else {
      throw RPCError.unknownMethod(method.path)
    }
    let chain = table.chain
    let context = Self.context(path: method.path, options: options)
    let stream = DirectStream<Response>()
    let onEnd: @Sendable (RPCError?) -> Void = { stream.finish($0.map { .failure($0) } ?? .success(())) }
    let call = DirectCall.start(context, onEnd: onEnd) {
      try await typed.invoke(request, context, chain, into: stream)
    }
    defer {
      stream.finish(.failure(.cancelled))
      call.cancel(with: .cancelled)
    }
    return try await body(ResponseStream(stream))
  }

  private static func context(path: String, options: CallOptions) -> CallContext {
    let received = ContinuousClock.now
    return CallContext(
      path: path,
      metadata: options.metadata,
      deadline: options.timeout.map { received.advanced(by: $0) },
      received: received)
  }
}
