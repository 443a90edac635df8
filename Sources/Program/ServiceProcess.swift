import EventBus
import Logging
import NIOPosix
import Operations
import RPC
import Redis
import ServiceHost
import ServiceLifecycle
import Telemetry

/// A service in a process of its own: reads the environment, serves gRPC until it is told to stop.
enum ServiceProcess {
  static func run(_ name: ServiceName) async throws {
    let composition = try Composition()
    let (environment, settings) = (composition.environment, composition.settings)
    let keys = try environment.sessionKeys()
    let logger = settings.logger(name.rawValue)
    let tls = try environment.rpcTLS()
    if tls == nil, settings.stage == .production {
      logger.notice("gRPC goes unencrypted: RPC_TLS_CERT_FILE, RPC_TLS_KEY_FILE and RPC_TLS_CA_FILE are not set")
    }
    let redis = try composition.redis(environment.redisURL(service: name.rawValue), logger)
    var clients = [redis]
    var sources: [Participant: RedisClient] = [:]
    for publisher in name.publishers {
      let url = try environment.redisURL(service: publisher.rawValue)
      let known = clients.first { $0.url == url }
      let client = try known ?? composition.redis(url, logger)
      if known == nil { clients.append(client) }
      sources[publisher] = client
    }
    let bus = try Bus(environment, sources: EventSources(sources), consumer: Bus.processName(), logger: logger)
    let (host, port) = try await environment.listening("RPC_", port: 50_051)
    var peers: [HTTP2Client] = []
    let ground = Composition.Ground(redis: redis, bus: bus, keys: keys, logger: logger)
    let service = try composition.service(name, on: ground) {
      let peer = try Peer($0, environment, logger: logger)
      peers.append(peer.client)
      return peer.client
    }
    let services = RPCHost([service], sharing: clients, keys: keys, checkingPeers: tls != nil, logger: logger)
    let notice = ShutdownNotice(delay: settings.shutdownDelay) { services.health.drain() }
    let operations = try await OperationsServer.parts(
      of: name.rawValue, environment, metrics: MetricRegistry(services.metrics),
      health: HealthRoutes([service], notice),
      logger: logger)
    let server = HTTP2Server(
      table: services.table, address: .tcp(host: host, port: port), tls: tls.map { .server($0) },
      limits: limits(settings),
      group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    try await ServiceGroup.runProcess(
      operations + peers + services.workers + [server, Announcement(name: name.rawValue, server: server)]
        + services.stopsFirst + [notice], logger: logger)
  }

  private static func limits(_ settings: CommonSettings) -> ServerLimits {
    var limits = ServerLimits()
    // Clients spread anew now and then, and so find processes that were started after them.
    limits.maxAge = .seconds(600)
    // The delay before and the workers' farewell after it must fit into ten seconds too.
    limits.drainTimeout = max(.seconds(1), .seconds(5) - settings.shutdownDelay)
    return limits
  }
}

/// Says on standard output where a service listens, for people and for whoever started it with port 0.
private struct Announcement: Service {
  let name: String
  let server: HTTP2Server

  func run() async throws {
    let address = try await server.boundAddress
    announce("ticketing \(name) listens on \(address.ipAddress ?? ""):\(address.port ?? 0)")
    try await gracefulShutdown()
  }
}
