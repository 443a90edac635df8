/// Something that methods can be called on: ``HTTP2Client`` over the wire, ``DirectChannel`` in one process.
package protocol RPCChannel: Sendable {
  /// Throws ``RPCError``, and nothing else.
  func unary<Request, Response>(
    _ method: MethodDescriptor<Request, Response>,
    _ request: Request,
    options: CallOptions
  ) async throws -> Response

  /// Throws ``RPCError``, or what `body` throws. The stream is cancelled when `body` returns or throws.
  func serverStreaming<Request, Response, Result: Sendable>(
    _ method: MethodDescriptor<Request, Response>,
    _ request: Request,
    options: CallOptions,
    body: (ResponseStream<Response>) async throws -> Result
  ) async throws -> Result
}
