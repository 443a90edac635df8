import Logging
import NIOPosix
import RPC
import Redis
import ServiceHost
import ServiceLifecycle
import SessionToken

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

  private let name: String
  private let logger: Logger
  private let address: ServerAddress

  init(name: String, environment: Environment = Environment()) async throws {
    self.name = name
    self.environment = environment
    settings = try CommonSettings(environment, terminal: isatty(STDERR_FILENO) == 1)
    keys = try await environment.sessionKeys()
    logger = settings.logger(name)
    redis = RedisClient(
      url: try environment.redisURL(service: name), group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    let host = environment.string("RPC_HOST") ?? "0.0.0.0"
    let port = try environment.integer("RPC_PORT", default: 50_051, in: 0...65_535)
    try await ListeningPort.check(host: host, port: port, option: "RPC_PORT")
    address = .tcp(host: host, port: port)
  }

  func run(_ makeService: (ServiceProcess) throws -> HostedService) async throws {
    let host = RPCHost([try makeService(self)], sharing: [redis], keys: keys, logger: logger)
    let server = HTTP2Server(
      table: host.table, address: address, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    try await ProcessRunner(logger: logger).run(host.workers + [server, Announcement(name: name, server: server)])
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
