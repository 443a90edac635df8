import AuthService
import EventBus
import ExpirationService
import Gateway
import NIOPosix
import OrdersService
import PaymentsService
import RPC
import Redis
import ServiceHost
import ServiceLifecycle
import Storefront
import Telemetry
import TicketingProto
import TicketsService

/// All services in this process, behind one method table that the gateway calls directly.
struct Platform {
  let host: RPCHost
  let metrics: MetricRegistry
  let readiness: @Sendable () async -> Readiness
  /// To be run last.
  let notice: ShutdownNotice
  private let redis: RedisClient
  private let requests = RequestMetrics()

  init(_ environment: Environment, settings: CommonSettings, storage: Storage) throws {
    var connecting = RedisClient.Configuration()
    connecting.tls = try environment.redisTLS()
    redis = RedisClient(
      url: storage.url, configuration: connecting, group: MultiThreadedEventLoopGroup.singleton,
      logger: settings.logger("redis"))
    let logger = settings.logger("ticketing")
    // The data folder is locked, so no other process has this name.
    let bus = try Bus(environment, sources: EventSources(all: redis), consumer: "up", logger: logger)
    let calls = CallMetrics()
    let orders = HostedService.orders(
      redis: redis, bus: bus, settings: try OrdersSettings(environment), logger: logger)
    let services: [HostedService] = [
      try .auth(
        redis: redis, keys: storage.keys, settings: AuthSettings(environment, stage: settings.stage)),
      .tickets(redis: redis, bus: bus, limits: try environment.priceLimits(), logger: logger), orders,
      .expiration(redis: redis, bus: bus, logger: logger),
      try .payments(
        redis: redis, bus: bus,
        orders: OrdersV1.OrdersServiceClient(
          WatchedChannel(
            DirectChannel(
              table: RPCHost.table(orders.methods, keys: storage.keys, calls: calls, logger: settings.logger("rpc"))),
            to: "orders", logger: logger)),
        credentials: ServiceCredentials(service: "payments", keys: storage.keys),
        settings: PaymentsSettings(environment, stage: settings.stage), logger: logger),
    ]
    let host = RPCHost(
      services, sharing: [redis], keys: storage.keys, calls: calls, logger: settings.logger("rpc"))
    self.host = host
    metrics = MetricRegistry([requests] + host.metrics)
    let notice = ShutdownNotice(delay: settings.shutdownDelay) { host.health.drain() }
    self.notice = notice
    readiness = { await Readiness(services: services).stopping(notice.isStopping) }
  }

  func gateway(
    _ environment: Environment, settings: CommonSettings, host name: String, port: Int,
    onRunning: @escaping @Sendable (String) -> Void
  ) throws -> some Service {
    let channel = DirectChannel(table: host.table)
    var configuration = try GatewayConfiguration(environment, settings: settings)
    configuration.host = name
    configuration.port = port
    let logger = settings.logger("gateway")
    let pages = try StorefrontConfiguration(environment, logger: logger)
    if case .stripe = pages.cards, !environment.hasSecret("STRIPE_KEY") {
      throw ConfigurationError(
        "STRIPE_PUBLISHABLE_KEY is set without STRIPE_KEY: the sandbox knows no card of Stripe's")
    }
    let backends = Backends(
      auth: AuthV1.AuthServiceClient(channel), tickets: TicketsV1.TicketsServiceClient(channel),
      orders: OrdersV1.OrdersServiceClient(channel),
      orderWatches: OrdersV1.OrdersServiceClient(channel), payments: PaymentsV1.PaymentsServiceClient(channel))
    return GatewayApplication.build(
      backends: backends, configuration: configuration,
      pages: try Storefront(backends: backends, gateway: configuration, configuration: pages),
      readiness: readiness, metrics: requests, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
      logger: logger,
      onServerRunning: { [redis] channel in
        // Only a hint for people waits for this; requests are served as soon as Redis answers.
        try? await redis.ping(timeout: .seconds(10))
        onRunning("http://\(name):\(channel.localAddress?.port ?? port)")
      })
  }
}
