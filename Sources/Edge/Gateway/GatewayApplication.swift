import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Operations

/// Builds the gateway: JSON over HTTP/1.1 outside, RPC inside.
///
/// The program and its tests build it here, so that both run the same thing.
package enum GatewayApplication {
  package typealias Server = Application<RouterResponder<GatewayContext>>

  /// The result is a `Service`: `run()` listens, a graceful shutdown answers what is under way and then closes.
  ///
  /// - Parameters:
  ///   - pages: Served beside the API; without them the gateway answers nothing but JSON.
  ///   - metrics: Where requests are counted.
  ///   - eventLoopGroup: For the connections; share it with the backends' clients, so that a request and the calls it
  ///     makes can stay on one thread.
  ///   - onServerRunning: Called with the listening channel; where the system chose the port, it is found there.
  package static func build(
    backends: Backends,
    configuration: GatewayConfiguration,
    pages: (any Pages)? = nil,
    health: HealthRoutes = HealthRoutes(),
    metrics: RequestMetrics = RequestMetrics(),
    eventLoopGroup: any EventLoopGroup,
    logger: Logger,
    onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
  ) -> Server {
    let limits = configuration.limits
    let origins = OriginPolicy(allowed: configuration.allowedOrigins)
    let bodies = JSONBodies(limit: limits.bodyBytes, currency: configuration.currency)
    let table = RouteTable(
      users: UserRoutes(
        auth: backends.auth, bodies: bodies, cookie: SessionCookie(isSecure: configuration.secureCookies),
        clients: ClientAddresses(trustedProxies: configuration.trustedProxies)),
      tickets: TicketRoutes(tickets: backends.tickets, loader: TicketLoader(backends.tickets), bodies: bodies),
      orders: OrderRoutes(orders: backends.orders, bodies: bodies),
      orderEvents: OrderEventsRoute(
        orders: backends.orders, watches: backends.orderWatches, currency: configuration.currency),
      payments: PaymentRoutes(payments: backends.payments, bodies: bodies, origins: origins), health: health,
      pages: pages?.routes ?? [])

    let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
    router.add(
      middleware: Edge(
        origins: origins, routes: table, pages: pages, callTimeout: configuration.callTimeout,
        log: RequestLog(logger: logger, level: configuration.accessLogLevel), metrics: metrics,
        currency: configuration.currency))
    for route in table.routes {
      router.on(RouterPath(route.pattern), method: route.method, use: route.handler)
    }
    let responder = router.buildResponder()
    return Application(
      responder: responder,
      server: HTTPServerBuilder { _ in GatewayChannel(responder: responder, limits: limits) },
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port), backlog: limits.backlog,
        availableConnectionsDelegate: .maximum(limits.connections, logger: logger)),
      onServerRunning: onServerRunning, eventLoopGroupProvider: .shared(eventLoopGroup),
      logger: logger.forHTTPServer)
  }
}
