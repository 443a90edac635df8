import Logging
import RPC
import ServiceLifecycle
import SessionToken
import Telemetry
import TicketingProto

/// One or more services behind one method table, with what all of them share: interceptors and health.
/// A process of its own puts an `HTTP2Server` before the table, `ticketing up` calls it directly.
package struct RPCHost: Sendable {
  package let table: MethodTable
  package let health: HealthState
  /// The services' workers, in the order of their dependencies.
  package let workers: [any Service]
  /// What comes after the server in the order of starting, and so stops before it: a process that is to stop says first
  /// that it does not serve, and ends the streams that would keep it.
  package let stopsFirst: [any Service]
  /// Of the calls, and of those workers that have some.
  package let metrics: [any MetricSource]

  /// `sharing` are workers that several of the services stand on, such as one client of one Redis. `checkingPeers`
  /// where callers show certificates.
  package init(
    _ services: [HostedService], sharing: [any Service], keys: SessionKeys, checkingPeers: Bool = false,
    calls: CallMetrics = CallMetrics(),
    logger: Logger
  ) {
    let health = HealthState(services: services.map(\.serviceName))
    self.health = health
    table = Self.table(
      services.flatMap(\.methods) + HealthV1.HealthMethods.registrations(HealthHandlers(state: health)),
      keys: keys, peers: checkingPeers ? PeerInterceptor(services) : nil, calls: calls, logger: logger)
    workers = sharing + services.flatMap(\.workers)
    metrics = [calls] + workers.compactMap { $0 as? any Instrumented }.flatMap(\.metrics)
    stopsFirst =
      services.flatMap(\.stopsFirst) + [HealthMonitor(state: health, services: services, logger: logger)]
  }

  /// The methods behind the interceptors that every service has.
  package static func table(
    _ methods: [MethodRegistration], keys: SessionKeys, peers: PeerInterceptor? = nil,
    calls: CallMetrics = CallMetrics(), logger: Logger
  ) -> MethodTable {
    var interceptors: [any ServerInterceptor] = [
      AuthenticationInterceptor(keys: keys), CallRecorder(metrics: calls, logger: logger), StoreFaultInterceptor(),
    ]
    if let peers { interceptors.append(peers) }
    return MethodTable(methods, interceptors: interceptors, onUnknownMethod: { calls.recordUnknownMethod() })
  }
}
