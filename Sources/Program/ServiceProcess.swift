import EventBus
import Gateway
import Logging
import NIOPosix
import RPC
import Redis
import ServiceHost
import ServiceLifecycle
import SessionToken
import TLSFiles
import Telemetry

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A service in a process of its own: reads the environment, serves gRPC until it is told to stop.
struct ServiceProcess {
  let environment: Environment
  let settings: CommonSettings
  let keys: SessionKeys
  let redis: RedisClient
  /// Empty for a service that takes no part in it.
  let bus: Bus
  let logger: Logger

  private let name: String
  /// The clients of other services' Redis servers.
  private let sources: [RedisClient]
  private let address: ServerAddress
  private let tls: TLSFiles?

  /// `hearing` are those to whose events the service listens.
  init(name: String, hearing publishers: [Participant] = [], environment: Environment = Environment()) async throws {
    self.name = name
    self.environment = environment
    settings = try CommonSettings(environment, terminal: isatty(STDERR_FILENO) == 1)
    keys = try environment.sessionKeys()
    logger = settings.logger(name)
    tls = try environment.rpcTLS()
    if tls == nil, settings.stage == .production {
      logger.notice("gRPC goes unencrypted: RPC_TLS_CERT_FILE, RPC_TLS_KEY_FILE and RPC_TLS_CA_FILE are not set")
    }
    var connecting = RedisClient.Configuration()
    connecting.tls = try environment.redisTLS()
    redis = RedisClient(
      url: try environment.redisURL(service: name), configuration: connecting,
      group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    var clients: [Participant: RedisClient] = [:]
    for publisher in publishers {
      let url = try environment.redisURL(service: publisher.rawValue)
      let known = ([redis] + clients.values).first { $0.url == url }
      clients[publisher] =
        known
        ?? RedisClient(
          url: url, configuration: connecting, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }
    sources = clients.values.filter { [redis] in $0 !== redis }
    bus = try Bus(
      environment, sources: EventSources(clients), consumer: Bus.processName(), logger: logger)
    let host = environment.string("RPC_HOST") ?? "0.0.0.0"
    let port = try environment.integer("RPC_PORT", default: 50_051, in: 0...65_535)
    try await ListeningPort.check(host: host, port: port, option: "RPC_PORT")
    address = .tcp(host: host, port: port)
  }

  private var limits: ServerLimits {
    var limits = ServerLimits()
    // Clients spread anew now and then, and so find processes that were started after them.
    limits.maxAge = .seconds(600)
    // The delay before and the workers' farewell after it must fit into ten seconds too.
    limits.drainTimeout = max(.seconds(1), .seconds(5) - settings.shutdownDelay)
    return limits
  }

  /// `peers` are the clients of services that this one calls.
  func run(
    calling peers: [HTTP2Client] = [], _ makeService: (ServiceProcess) throws -> HostedService
  ) async throws {
    let service = try makeService(self)
    let host = RPCHost(
      [service], sharing: [redis] + sources, keys: keys, checkingPeers: tls != nil, logger: logger)
    let notice = ShutdownNotice(delay: settings.shutdownDelay) { host.health.drain() }
    let operations = try await OperationsServer.parts(
      of: name, environment, metrics: MetricRegistry(host.metrics),
      readiness: { await Readiness(services: [service]).stopping(notice.isStopping) }, logger: logger)
    let server = HTTP2Server(
      table: host.table, address: address, tls: tls.map { .server($0) }, limits: limits,
      group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    try await ProcessRunner(logger: logger).run(
      operations + peers + host.workers + [server, Announcement(name: name, server: server)] + host.stopsFirst
        + [notice])
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
