import ArgumentParser
import EmbeddedRedis
import EventBus
import Inspection
import Logging
import NIOPosix
import Redis
import ServiceHost

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What all commands have in common that look into a platform.
struct InspectionOptions: ParsableArguments {
  @Option(
    help: "The data folder of the `ticketing up` to look into. Default: REDIS_URL where it is set, else .ticketing.")
  var data: String?

  @Flag(help: "JSON for programs, one object a line.")
  var json = false

  var style: Style {
    Style(isColourful: isatty(STDOUT_FILENO) == 1 && Environment().string("NO_COLOR") == nil)
  }

  /// One of what was found.
  func show(_ json: @autoclosure () -> JSON, _ text: (Style) -> String) {
    self.json ? printLine(json()) : printLine(text(style))
  }

  /// Runs `body` with the services' Redis servers connected.
  func withStores(_ body: @escaping @Sendable (Stores) async throws -> Void) async throws {
    let environment = Environment()
    let stores = Stores(
      try urls(environment), tls: try environment.redisTLS(), group: MultiThreadedEventLoopGroup.singleton,
      logger: Logger(label: "inspection") { _ in SwiftLogNoOpLogHandler() })
    try await stores.whileConnected { try await body(stores) }
  }

  private func urls(_ environment: Environment) throws -> [Participant: RedisURL] {
    let isSet = (["REDIS"] + Participant.allCases.map { "\($0.rawValue.uppercased())_REDIS" })
      .contains { environment.hasSecret("\($0)_URL") }
    if data == nil, isSet {
      return try Dictionary(
        uniqueKeysWithValues: Participant.allCases.map { ($0, try environment.redisURL(service: $0.rawValue)) })
    }
    let url = try RedisURL(try EmbeddedRedis.url(inFolder: data ?? ".ticketing"))
    return Dictionary(uniqueKeysWithValues: Participant.allCases.map { ($0, url) })
  }
}

/// A command that looks into a platform.
protocol InspectionCommand: AsyncParsableCommand, Sendable {
  var options: InspectionOptions { get }

  func look(into stores: Stores) async throws
}

extension InspectionCommand {
  func run() async throws { try await options.withStores { try await look(into: $0) } }
}

extension StoreAway: StartError {
  var exitStatus: Int32 { EX_UNAVAILABLE }
}

extension InspectionError: StartError {
  var exitStatus: Int32 { EX_DATAERR }
}

extension RedisError: StartError {
  var exitStatus: Int32 {
    switch kind {
    case .server, .unexpectedReply, .invalidRequest: EX_SOFTWARE
    case .invalidURL: EX_CONFIG
    default: EX_UNAVAILABLE
    }
  }
}

/// Nothing that was asked for is there, or something is wrong that has been told: exit status 1.
let unsuccessful = ExitCode(1)
