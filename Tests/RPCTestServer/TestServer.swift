import Foundation
import Logging
import NIOCore
import RPC
import ServiceLifecycle

/// A server for peers that nobody here wrote: prints its address on the first line, then what its handlers log.
@main
enum TestServer {
  static func main() async {
    do {
      let options = try TestServerOptions(Array(CommandLine.arguments.dropFirst()))
      try await serve(options)
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }

  /// One line, unbuffered: whoever reads it through a pipe waits for it.
  @Sendable private static func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
  }

  private static func serve(_ options: TestServerOptions) async throws {
    var logger = Logger(label: "rpc-test-server") { StreamLogHandler.standardError(label: $0) }
    if let level = ProcessInfo.processInfo.environment["LOG_LEVEL"].flatMap(Logger.Level.init(rawValue:)) {
      logger.logLevel = level
    }
    let server = HTTP2Server(
      table: MethodTable(EchoService.registrations(log: say)), address: options.address,
      tls: options.tls.map { .fixed($0) },
      limits: options.limits, logger: logger)
    let group = ServiceGroup(
      services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      tasks.addTask {
        let address = try await server.boundAddress
        if let path = address.pathname, !path.isEmpty {
          say("unix:\(path)")
        } else {
          say("\(address.ipAddress ?? "?"):\(address.port ?? 0)")
        }
      }
      try await tasks.waitForAll()
    }
  }
}
