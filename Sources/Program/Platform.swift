import EventBus
import Gateway
import Operations
import RPC
import Redis
import ServiceHost
import ServiceLifecycle
import Telemetry

/// All services in this process, behind one method table that the gateway calls directly.
struct Platform {
  let host: RPCHost
  let metrics: MetricRegistry
  let health: HealthRoutes
  /// To be run last.
  let notice: ShutdownNotice
  private let composition: Composition
  private let redis: RedisClient
  private let requests = RequestMetrics()

  init(_ composition: Composition, _ storage: Storage) throws {
    self.composition = composition
    let settings = composition.settings
    redis = try composition.redis(storage.url, settings.logger("redis"))
    let logger = settings.logger("ticketing")
    let ground = Composition.Ground(
      redis: redis,
      // The data folder is locked, so no other process has this name.
      bus: try Bus(composition.environment, sources: EventSources(all: redis), consumer: "up", logger: logger),
      keys: storage.keys, logger: logger)
    let calls = CallMetrics()
    let rpcLogger = settings.logger("rpc")
    var built: [ServiceName: HostedService] = [:]
    func service(_ name: ServiceName) throws -> HostedService {
      if let service = built[name] { return service }
      let service = try composition.service(name, on: ground) {
        DirectChannel(
          table: RPCHost.table(try service($0).methods, keys: storage.keys, calls: calls, logger: rpcLogger))
      }
      built[name] = service
      return service
    }
    let services = try ServiceName.allCases.map { try service($0) }
    let host = RPCHost(services, sharing: [redis], keys: storage.keys, calls: calls, logger: rpcLogger)
    self.host = host
    metrics = MetricRegistry([requests] + host.metrics)
    notice = ShutdownNotice(delay: settings.shutdownDelay) { host.health.drain() }
    health = HealthRoutes(services, notice)
  }

  func gateway(
    at host: String, _ port: Int, onRunning: @escaping @Sendable (_ url: String) -> Void
  ) throws -> some Service {
    let environment = composition.environment
    if environment.string("STRIPE_PUBLISHABLE_KEY") != nil, !environment.hasSecret("STRIPE_KEY") {
      throw ConfigurationError(
        "STRIPE_PUBLISHABLE_KEY is set without STRIPE_KEY: the sandbox knows no card of Stripe's")
    }
    return try composition.gateway(
      at: host, port, calling: Backends(all: DirectChannel(table: self.host.table)), health: health, requests: requests
    ) { [redis] channel in
      // Only a hint for people waits for this; requests are served as soon as Redis answers.
      try? await redis.ping(timeout: .seconds(10))
      onRunning("http://\(host):\(channel.localAddress?.port ?? port)")
    }
  }
}
