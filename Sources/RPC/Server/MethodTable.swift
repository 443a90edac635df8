/// Methods plus interceptors: what ``HTTP2Server`` and ``DirectChannel`` both dispatch to.
package struct MethodTable: Sendable {
  private let methods: [String: RegisteredMethod]
  let chain: InterceptorChain

  /// Each path may be registered once.
  package init(_ methods: [MethodRegistration], interceptors: [any ServerInterceptor] = []) {
    var table: [String: RegisteredMethod] = [:]
    for registration in methods {
      let previous = table.updateValue(registration.method, forKey: registration.path)
      precondition(previous == nil, "\(registration.path) is registered twice")
    }
    self.methods = table
    self.chain = InterceptorChain(interceptors: interceptors)
  }

  func method(at path: String) -> RegisteredMethod? {
    methods[path]
  }
}
