import Gateway
import Logging
import NIOCore
import NIOPosix
import ServiceHost
import ServiceLifecycle
import Telemetry

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// `/metrics`, `/healthz` and `/readyz` of this process, on a port of their own.
struct OperationsServer: Service {
  private let host: String
  /// Tried in turn until one is free.
  private let ports: ClosedRange<Int>
  private let metrics: MetricRegistry
  private let readiness: @Sendable () async -> Readiness
  private let logger: Logger
  private let onRunning: @Sendable (_ url: String) -> Void

  init(
    host: String, ports: ClosedRange<Int>, metrics: MetricRegistry,
    readiness: @escaping @Sendable () async -> Readiness, logger: Logger,
    onRunning: @escaping @Sendable (_ url: String) -> Void
  ) {
    self.host = host
    self.ports = ports
    self.metrics = metrics
    self.readiness = readiness
    self.logger = logger
    self.onRunning = onRunning
  }

  /// Where `METRICS_HOST` and `METRICS_PORT` want it; nothing where the latter is not set.
  static func parts(
    of name: String, _ environment: Environment, metrics: MetricRegistry,
    readiness: @escaping @Sendable () async -> Readiness, logger: Logger
  ) async throws -> [any Service] {
    guard environment.string("METRICS_PORT") != nil else { return [] }
    let host = environment.string("METRICS_HOST") ?? "0.0.0.0"
    let port = try environment.integer("METRICS_PORT", default: 0, in: 0...65_535)
    try await ListeningPort.check(host: host, port: port, option: "METRICS_PORT")
    return [
      OperationsServer(host: host, ports: port...port, metrics: metrics, readiness: readiness, logger: logger) {
        announce("ticketing \(name) shows its metrics at \($0)")
      }
    ]
  }

  func run() async throws {
    for port in ports {
      do {
        return try await serve(at: port)
      } catch let error as IOError where error.errnoCode == EADDRINUSE && port < ports.upperBound {
        continue
      }
    }
  }

  private func serve(at port: Int) async throws {
    try await OperationsApplication.build(
      host: host, port: port, metrics: metrics, readiness: readiness,
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
      onServerRunning: { channel in onRunning("http://\(host):\(channel.localAddress?.port ?? port)/metrics") }
    ).run()
  }
}
