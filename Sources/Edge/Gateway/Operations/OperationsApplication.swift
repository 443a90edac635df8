import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Telemetry

/// What those ask who operate a process: `/metrics`, `/healthz`, `/readyz`. On a port of its own, beside the public one
/// of the gateway and the gRPC one of a service, because the numbers are nobody else's business.
package enum OperationsApplication {
  package typealias Server = Application<RouterResponder<GatewayContext>>

  /// The result is a `Service`: `run()` listens until graceful shutdown.
  package static func build(
    host: String, port: Int, metrics: MetricRegistry, readiness: @escaping @Sendable () async -> Readiness,
    eventLoopGroup: any EventLoopGroup, logger: Logger,
    onServerRunning: @escaping @Sendable (any Channel) async -> Void
  ) -> Server {
    let health = HealthRoutes(readiness: readiness)
    let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
    router.get("/healthz", use: health.alive)
    router.get("/readyz", use: health.ready)
    router.get("/metrics") { _, _ in
      Response(
        status: .ok, headers: [.contentType: MetricRegistry.contentType, .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: await metrics.text())))
    }
    return Application(
      responder: router.buildResponder(),
      configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
      onServerRunning: onServerRunning, eventLoopGroupProvider: .shared(eventLoopGroup),
      logger: logger.forHTTPServer)
  }
}
