/// One method of a service, with the types it takes and returns.
package struct MethodDescriptor<Request: RPCMessage, Response: RPCMessage>: Sendable {
  /// The full proto name, for example `ticketing.auth.v1.AuthService`.
  package let service: String
  package let name: String
  /// `/service/name`, the `:path` of a call; built once because every call sends it.
  package let path: String

  package init(service: String, name: String) {
    self.service = service
    self.name = name
    self.path = "/\(service)/\(name)"
  }
}
