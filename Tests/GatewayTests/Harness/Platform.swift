import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Money
import NIOCore
import NIOPosix
import Operations
import RPC
import ServiceDoubles
import Testing
import TicketingProto

@testable import Gateway

/// How a test's requests reach the gateway. What a route does must not depend on it.
enum Transport: CaseIterable, CustomTestStringConvertible {
  case inProcess, overSocket

  var testDescription: String { self == .inProcess ? "in process" : "over a socket" }
  var setup: TestingSetup { self == .inProcess ? .router : .live }
}

/// A gateway in front of doubles of its services.
struct Platform {
  let auth: AuthServiceDouble
  let tickets: TicketsServiceDouble
  let orders: OrdersServiceDouble
  let payments: PaymentsServiceDouble
  let sessions: SessionsDouble
  let calls: CallsDouble
  let log: LogRecorder
  let requests = RequestMetrics()
  let application: GatewayApplication.Server

  init(
    _ configuration: GatewayConfiguration = .patient,
    health: HealthRoutes = HealthRoutes(),
    logLevel: Logger.Level = .info,
    onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
  ) {
    sessions = SessionsDouble()
    calls = CallsDouble()
    auth = AuthServiceDouble(sessions: sessions, calls: calls)
    tickets = TicketsServiceDouble(sessions: sessions, calls: calls, limits: PriceLimits(configuration.currency))
    orders = OrdersServiceDouble(sessions: sessions, calls: calls)
    payments = PaymentsServiceDouble(sessions: sessions, calls: calls)
    log = LogRecorder()
    let methods =
      AuthV1.AuthServiceMethods.registrations(auth) + TicketsV1.TicketsServiceMethods.registrations(tickets)
      + OrdersV1.OrdersServiceMethods.registrations(orders) + PaymentsV1.PaymentsServiceMethods.registrations(payments)
    let channel = DirectChannel(table: MethodTable(methods))
    application = GatewayApplication.build(
      backends: Backends(all: channel), configuration: configuration, health: health, metrics: requests,
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
      logger: log.logger(level: logLevel), onServerRunning: onServerRunning)
  }
}

/// Runs `body` with a client of a fresh gateway.
func withGateway(
  _ transport: Transport,
  _ configuration: GatewayConfiguration = .patient,
  health: HealthRoutes = HealthRoutes(),
  _ body: @Sendable (Client, Platform) async throws -> Void
) async throws {
  let platform = Platform(configuration, health: health)
  try await platform.application.test(transport.setup) { client in
    try await body(Client(client: client), platform)
  }
}

extension TestResponse {
  var text: String { String(buffer: body) }
  var code: Int { status.code }
}

extension GatewayConfiguration {
  /// With time enough for a busy machine: a client that is late to read may find its connection reset else. A test that
  /// is about a limit sets it.
  static var patient: GatewayConfiguration {
    var configuration = GatewayConfiguration()
    configuration.limits.headTime = .seconds(60)
    configuration.limits.bodyTime = .seconds(60)
    configuration.limits.lingerTime = .seconds(60)
    return configuration
  }
}
