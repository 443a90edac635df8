import NIOCore

/// Takes the framed responses of a streaming call on the wire.
protocol FramedResponseSink: AnyObject, Sendable {
  /// Waits while the peer does not read; throws `RPCError` once the call has ended.
  func write(_ message: ByteBuffer) async throws
}

/// A server-streaming method as bytes, for a binding that knows no message types.
protocol ServerStreamingInvocable: AnyObject, Sendable {
  func invoke(
    _ request: ByteBuffer,
    _ context: CallContext,
    _ chain: InterceptorChain,
    into sink: any FramedResponseSink
  ) async throws
}

/// A server-streaming method with its types.
final class ServerStreamingMethod<Request: RPCMessage, Response: RPCMessage>: ServerStreamingInvocable {
  private let handler: @Sendable (Request, CallContext, ResponseWriter<Response>) async throws -> Void

  init(_ handler: @escaping @Sendable (Request, CallContext, ResponseWriter<Response>) async throws -> Void) {
    self.handler = handler
  }

  func invoke(
    _ request: Request,
    _ context: CallContext,
    _ chain: InterceptorChain,
    into sink: some ResponseSink<Response>
  ) async throws {
    try await chain.run(context) { try await handler(request, $0, ResponseWriter(sink)) }
  }

  func invoke(
    _ request: ByteBuffer,
    _ context: CallContext,
    _ chain: InterceptorChain,
    into sink: any FramedResponseSink
  ) async throws {
    try await chain.run(context) {
      try await handler(MessageFraming.decodeRequest(request), $0, ResponseWriter(EncodingSink(sink: sink)))
    }
  }

  private struct EncodingSink: ResponseSink {
    let sink: any FramedResponseSink

    func write(_ response: Response) async throws {
      try await sink.write(MessageFraming.frame(response))
    }
  }
}
