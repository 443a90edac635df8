import NIOCore

/// A unary method as bytes, for a binding that knows no message types.
protocol UnaryInvocable: AnyObject, Sendable {
  var requestType: ObjectIdentifier { get }
  var responseType: ObjectIdentifier { get }

  /// Throws what an interceptor or the handler throws, and `RPCError` for a request that cannot be decoded.
  func invoke(_ request: ByteBuffer, _ context: CallContext, _ chain: InterceptorChain) async throws -> ByteBuffer
}

extension UnaryInvocable {
  /// This method with its types, where they are these. A cast with `as?` costs several times as much.
  func typed<Request, Response>(_: Request.Type, _: Response.Type) -> UnaryMethod<Request, Response>? {
    guard requestType == ObjectIdentifier(Request.self), responseType == ObjectIdentifier(Response.self) else {
      return nil
    }
    // `UnaryMethod` is the one class that conforms.
    return unsafeDowncast(self, to: UnaryMethod<Request, Response>.self)
  }
}

/// A unary method with its types: the direct binding finds it by a cast and calls it without encoding.
final class UnaryMethod<Request: RPCMessage, Response: RPCMessage>: UnaryInvocable {
  private let handler: @Sendable (Request, CallContext) async throws -> Response

  var requestType: ObjectIdentifier { ObjectIdentifier(Request.self) }
  var responseType: ObjectIdentifier { ObjectIdentifier(Response.self) }

  init(_ handler: @escaping @Sendable (Request, CallContext) async throws -> Response) {
    self.handler = handler
  }

  func invoke(_ request: Request, _ context: CallContext, _ chain: InterceptorChain) async throws -> Response {
    if chain.interceptors.isEmpty { return try await handler(request, context) }
    return try await chain.run(context) { try await handler(request, $0) }
  }

  func invoke(_ request: ByteBuffer, _ context: CallContext, _ chain: InterceptorChain) async throws -> ByteBuffer {
    let response: Response
    if chain.interceptors.isEmpty {
      response = try await handler(MessageFraming.decodeRequest(request), context)
    } else {
      response = try await chain.run(context) { try await handler(MessageFraming.decodeRequest(request), $0) }
    }
    return try MessageFraming.frame(response)
  }
}
