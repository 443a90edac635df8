import Operations
import RPC
import ServiceLifecycle

/// A service as both of its homes run it: a process of its own, or all of them in one under `ticketing up`.
package struct HostedService: Sendable {
  /// The word it goes by everywhere: subcommand, key prefix, `<NAME>_ADDR`.
  package let name: String
  /// The full name in the .proto file, which health checks ask for.
  package let serviceName: String
  package let methods: [MethodRegistration]
  /// The processes that may call it, by the names in their certificates.
  package let callers: Set<String>
  /// Its long-lived parts, in the order of their dependencies.
  package let workers: [any Service]
  /// Those that must stop before the server does, which waits for its calls to end: what keeps streams going.
  package let stopsFirst: [any Service]
  /// What must be up for it to be of use.
  package let dependencies: [Dependency]

  package init(
    name: String, serviceName: String, methods: [MethodRegistration], callers: Set<String> = [],
    workers: [any Service], stopsFirst: [any Service] = [], dependencies: [Dependency]
  ) {
    self.name = name
    self.serviceName = serviceName
    self.methods = methods
    self.callers = callers
    self.workers = workers
    self.stopsFirst = stopsFirst
    self.dependencies = dependencies
  }
}
