import ArgumentParser
import Gateway
import Operations
import ServiceHost
import ServiceLifecycle
import Telemetry

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
    let composition = try Composition()
    let (environment, settings) = (composition.environment, composition.settings)
    let logger = settings.logger("gateway")
    let auth = try Peer(.auth, environment, logger: logger)
    let tickets = try Peer(.tickets, environment, logger: logger)
    let orders = try Peer(.orders, environment, logger: logger)
    let watches = try Peer(.orders, environment, connections: Self.watchConnections, logger: logger)
    let payments = try Peer(.payments, environment, logger: logger)
    let peers = [auth, tickets, orders, payments]
    let (host, port) = try await environment.listening("", port: 3000)
    let requests = RequestMetrics()
    let notice = ShutdownNotice(delay: settings.shutdownDelay)
    let health = HealthRoutes(peers.map(\.dependency)) { notice.isStopping }
    let application = try composition.gateway(
      at: host, port,
      calling: Backends(
        auth: auth.client, tickets: tickets.client, orders: orders.client, orderWatches: watches.client,
        payments: payments.client),
      health: health, requests: requests
    ) { announce("ticketing gateway listens on http://\(host):\($0.localAddress?.port ?? 0)") }
    let operations = try await OperationsServer.parts(
      of: "gateway", environment, metrics: MetricRegistry([requests]), health: health, logger: logger)
    try await ServiceGroup.runProcess(
      operations + (peers + [watches]).map(\.client) + [application, notice], logger: logger)
  }
}
