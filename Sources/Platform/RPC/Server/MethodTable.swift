/// Methods plus interceptors: what ``HTTP2Server`` and ``DirectChannel`` both dispatch to.
package struct MethodTable: Sendable {
  private let methods: [String: RegisteredMethod]
  let chain: InterceptorChain
  /// Called where a peer calls what is not registered, which no interceptor sees.
  let onUnknownMethod: @Sendable () -> Void

  /// Each path may be registered once.
  package init(
    _ methods: [MethodRegistration], interceptors: [any ServerInterceptor] = [],
    onUnknownMethod: @escaping @Sendable () -> Void = {}
  ) {
    var table: [String: RegisteredMethod] = [:]
    for registration in methods {
      let previous = table.updateValue(registration.method, forKey: registration.path)
      precondition(previous == nil, "\(registration.path) is registered twice")
    }
    self.methods = table
    self.chain = InterceptorChain(interceptors: interceptors)
    self.onUnknownMethod = onUnknownMethod
  }

  func method(at path: String) -> RegisteredMethod? {
    methods[path]
  }
}
