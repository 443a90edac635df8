/// A method with its implementation, as generated `registrations(_:)` lists them.
package struct MethodRegistration: Sendable {
  let path: String
  let method: RegisteredMethod

  package static func unary<Request, Response>(
    _ method: MethodDescriptor<Request, Response>,
    _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
  ) -> MethodRegistration {
    MethodRegistration(path: method.path, method: .unary(UnaryMethod(handler)))
  }

  package static func serverStreaming<Request, Response>(
    _ method: MethodDescriptor<Request, Response>,
    _ handler: @escaping @Sendable (Request, CallContext, ResponseWriter<Response>) async throws -> Void
  ) -> MethodRegistration {
    MethodRegistration(path: method.path, method: .serverStreaming(ServerStreamingMethod(handler)))
  }
}

/// A registered method without its message types; each binding asks it for what it needs.
enum RegisteredMethod: Sendable {
  case unary(any UnaryInvocable)
  case serverStreaming(any ServerStreamingInvocable)
}
