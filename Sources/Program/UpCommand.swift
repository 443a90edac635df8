import ArgumentParser
import NIOPosix
import Operations
import RPC
import ServiceHost
import ServiceLifecycle

/// `ticketing up`: everything in one process, for trying it out and for small installations.
struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Run the whole platform in one process, with a redis-server of its own.",
    discussion: """
      State is kept in the data folder and survives kill -9. Where REDIS_URL is set, that Redis is used instead. \
      Sources/Program/README.md lists the environment variables that change the rest.
      """)

  @Option(help: "The address to listen at.")
  var host = "127.0.0.1"

  @Option(help: "The port of the page and the REST API; 0 picks a free one.")
  var port = 3000

  @Option(help: "The folder that keeps all state; made where it is missing.")
  var data = ".ticketing"

  @Option(help: "The first loopback port to try for redis-cli.")
  var redisPort = 6390

  @Option(help: "Also serve all services by gRPC, at this port of the same address.")
  var rpcPort: Int?

  @Option(help: "The port of /metrics; without it the first free one from 9464 on.")
  var metricsPort: Int?

  func run() async throws {
    let composition = try Composition()
    let (environment, settings) = (composition.environment, composition.settings)
    try await ListeningPort.check(host: host, port: port, option: "--port")
    let storage = try await Storage(
      environment, folder: data, redisPort: redisPort, logger: settings.logger("redis"))
    let platform = try Platform(composition, storage)

    let banner = Banner(inspection: storage.inspection)
    var parts: [any Service] = [try await operations(platform, settings, banner)]
    parts += storage.workers + platform.host.workers
    if let rpcPort {
      guard try environment.rpcTLS() == nil else {
        throw ConfigurationError(
          "--rpc-port serves unencrypted gRPC: leave RPC_TLS_… unset, or start the services apart")
      }
      try await ListeningPort.check(host: host, port: rpcPort, option: "--rpc-port")
      parts.append(
        HTTP2Server(
          table: platform.host.table, address: .tcp(host: host, port: rpcPort),
          group: MultiThreadedEventLoopGroup.singleton, logger: settings.logger("rpc")))
    }
    parts.append(
      try platform.gateway(at: host, port) { banner.show(url: $0) })
    parts += platform.host.stopsFirst + [platform.notice]
    try await ServiceGroup.runProcess(parts, logger: settings.logger("ticketing"))
  }

  private func operations(_ platform: Platform, _ settings: CommonSettings, _ banner: Banner) async throws
    -> OperationsServer
  {
    if let metricsPort { try await ListeningPort.check(host: host, port: metricsPort, option: "--metrics-port") }
    return OperationsServer(
      host: host, ports: metricsPort.map { $0...$0 } ?? 9464...9563, metrics: platform.metrics,
      health: platform.health, logger: settings.logger("metrics")
    ) { banner.metricsRun(at: $0) }
  }
}
