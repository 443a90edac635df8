import ArgumentParser
import Gateway
import NIOPosix
import RPC
import ServiceHost
import ServiceLifecycle
import Storefront
import Telemetry
import TicketingProto

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// `ticketing gateway`
struct GatewayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway", abstract: "Run the gateway: the public REST API and the pages before the services.",
    discussion: """
      Listens on PORT (3000) and calls the services at AUTH_ADDR, TICKETS_ADDR, ORDERS_ADDR and PAYMENTS_ADDR (host:port). \
      Sources/Program/README.md lists all variables.
      """)

  /// A connection has room for 100 streams, so 1,600 pages can each watch their order through one gateway.
  private static let watchConnections = 16

  func run() async throws {
    let environment = Environment()
    let settings = try CommonSettings(environment, terminal: isatty(STDERR_FILENO) == 1)
    let logger = settings.logger("gateway")
    var configuration = try GatewayConfiguration(environment, settings: settings)
    configuration.host = environment.string("HOST") ?? "0.0.0.0"
    configuration.port = try environment.integer("PORT", default: 3000, in: 0...65_535)
    let host = configuration.host
    let auth = try Peer("auth", environment, logger: logger)
    let tickets = try Peer("tickets", environment, logger: logger)
    try await ListeningPort.check(host: host, port: configuration.port, option: "PORT")
    let orders = try Peer("orders", environment, logger: logger)
    let watches = try Peer("orders", environment, connections: Self.watchConnections, logger: logger)
    let payments = try Peer("payments", environment, logger: logger)
    let peers = [auth, tickets, orders, payments]
    let backends = Backends(
      auth: AuthV1.AuthServiceClient(auth.client), tickets: TicketsV1.TicketsServiceClient(tickets.client),
      orders: OrdersV1.OrdersServiceClient(orders.client),
      orderWatches: OrdersV1.OrdersServiceClient(watches.client),
      payments: PaymentsV1.PaymentsServiceClient(payments.client))
    let requests = RequestMetrics()
    let notice = ShutdownNotice(delay: settings.shutdownDelay)
    let readiness: @Sendable () async -> Readiness = { await Readiness(peers: peers).stopping(notice.isStopping) }
    let operations = try await OperationsServer.parts(
      of: "gateway", environment, metrics: MetricRegistry([requests]), readiness: readiness, logger: logger)
    let application = GatewayApplication.build(
      backends: backends, configuration: configuration,
      pages: try Storefront(
        backends: backends, gateway: configuration, configuration: StorefrontConfiguration(environment, logger: logger)),
      readiness: readiness, metrics: requests, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
      onServerRunning: { channel in
        announce("ticketing gateway listens on http://\(host):\(channel.localAddress?.port ?? 0)")
      })
    try await ProcessRunner(logger: logger).run(
      operations + (peers + [watches]).map(\.client) + [application, notice])
  }
}
