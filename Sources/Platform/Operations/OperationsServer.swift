import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Telemetry

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What those ask who operate a process: `/metrics`, `/healthz`, `/readyz`. On a port of its own, beside the public one
/// of the gateway and the gRPC one of a service, because the numbers are nobody else's business.
package struct OperationsServer: Service {
  private let host: String
  private let ports: ClosedRange<Int>
  private let metrics: MetricRegistry
  private let health: HealthRoutes
  private let logger: Logger
  private let onRunning: @Sendable (_ url: String) -> Void

  /// `ports` are tried in turn until one is free; `onRunning` is told where `/metrics` is.
  package init(
    host: String, ports: ClosedRange<Int>, metrics: MetricRegistry, health: HealthRoutes, logger: Logger,
    onRunning: @escaping @Sendable (_ url: String) -> Void
  ) {
    self.host = host
    self.ports = ports
    self.metrics = metrics
    self.health = health
    self.logger = logger
    self.onRunning = onRunning
  }

  package func run() async throws {
    for port in ports {
      do {
        return try await application(at: port).run()
      } catch let error as IOError where error.errnoCode == EADDRINUSE && port < ports.upperBound {
        continue
      }
    }
  }

  func application(at port: Int) -> Application<RouterResponder<BasicRequestContext>> {
    let router = Router(options: .autoGenerateHeadEndpoints)
    router.get("/healthz") { [health] _, _ in health.alive() }
    router.get("/readyz") { [health] _, _ in await health.ready() }
    router.get("/metrics") { [metrics] _, _ in
      Response(
        status: .ok, headers: [.contentType: MetricRegistry.contentType, .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: await metrics.text())))
    }
    return Application(
      responder: router.buildResponder(),
      configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
      onServerRunning: { [host, onRunning] in
        onRunning("http://\(host):\($0.localAddress?.port ?? port)/metrics")
      },
      eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), logger: logger.forHTTPServer)
  }
}

extension Logger {
  /// For the library, which says at `info` where it listens: whoever starts the program is told that already.
  package var forHTTPServer: Logger {
    var logger = self
    if logger.logLevel == .info { logger.logLevel = .notice }
    return logger
  }
}
