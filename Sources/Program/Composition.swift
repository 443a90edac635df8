import AuthService
import EventBus
import ExpirationService
import Gateway
import Logging
import NIOCore
import NIOPosix
import Operations
import OrdersService
import PaymentsService
import RPC
import Redis
import ServiceHost
import SessionToken
import Storefront
import TicketingProto
import TicketsService

/// The one place where the parts of the platform are put together, for `ticketing up`, which runs all of them, and for
/// the other commands, which run one each.
struct Composition {
  let environment: Environment
  let settings: CommonSettings

  init(_ environment: Environment = Environment()) throws(ConfigurationError) {
    self.environment = environment
    settings = try CommonSettings(environment)
  }

  func redis(_ url: RedisURL, _ logger: Logger) throws -> RedisClient {
    var configuration = RedisClient.Configuration()
    configuration.tls = try environment.redisTLS()
    return RedisClient(
      url: url, configuration: configuration, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
  }

  /// What a service stands on.
  struct Ground {
    let redis: RedisClient
    let bus: Bus
    let keys: SessionKeys
    let logger: Logger
  }

  /// `channel` is the way to another service that this one calls.
  func service(
    _ name: ServiceName, on ground: Ground, channel: (ServiceName) throws -> any RPCChannel
  ) throws -> HostedService {
    let (redis, bus, logger) = (ground.redis, ground.bus, ground.logger)
    switch name {
    case .auth:
      return try .auth(redis: redis, keys: ground.keys, settings: AuthSettings(environment, stage: settings.stage))
    case .tickets:
      return .tickets(redis: redis, bus: bus, limits: try environment.priceLimits(), logger: logger)
    case .orders:
      return .orders(redis: redis, bus: bus, settings: try OrdersSettings(environment), logger: logger)
    case .expiration:
      return .expiration(redis: redis, bus: bus, logger: logger)
    case .payments:
      return try .payments(
        redis: redis, bus: bus,
        orders: OrdersV1.OrdersServiceClient(WatchedChannel(channel(.orders), to: "orders", logger: logger)),
        credentials: ServiceCredentials(service: "payments", keys: ground.keys),
        settings: PaymentsSettings(environment, stage: settings.stage), logger: logger)
    }
  }

  /// The gateway with its pages.
  func gateway(
    at host: String, _ port: Int, calling backends: Backends, health: HealthRoutes, requests: RequestMetrics,
    onRunning: @escaping @Sendable (any Channel) async -> Void
  ) throws -> GatewayApplication.Server {
    var configuration = try GatewayConfiguration(environment, settings: settings)
    configuration.host = host
    configuration.port = port
    let logger = settings.logger("gateway")
    return GatewayApplication.build(
      backends: backends, configuration: configuration,
      pages: try Storefront(
        backends: backends, gateway: configuration, configuration: StorefrontConfiguration(environment, logger: logger)),
      health: health, metrics: requests, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
      onServerRunning: onRunning)
  }
}

/// A service by the one word that it has everywhere.
enum ServiceName: String, CaseIterable {
  case auth, tickets, orders, expiration, payments

  /// Those to whose events it listens.
  var publishers: [Participant] {
    guard let participant = Participant(rawValue: rawValue) else { return [] }
    return Participant.allCases.filter { publisher in
      Subject.published(by: publisher).contains { $0.subscribers.contains(participant) }
    }
  }
}

extension HealthRoutes {
  /// What the services of this process hang on.
  init(_ services: [HostedService], _ notice: ShutdownNotice) {
    self.init(services.flatMap { service in service.dependencies.map { $0.named("\(service.name)-\($0.name)") } }) {
      notice.isStopping
    }
  }
}
