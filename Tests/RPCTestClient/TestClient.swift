import Foundation
import Logging
import NIOPosix
import NIOSSL
import RPC
import ServiceLifecycle

/// Our client with a line protocol around it, so that a test suite in another language can make its calls.
///
///     rpc-test-client --target HOST:PORT|unix:PATH [--connections N] [--ca FILE] [--cert FILE --key FILE]
///                     [--server-name NAME] [--keepalive-ms N] [--startup-grace-ms N]
@main
enum TestClient {
  static func main() async throws {
    let options = try TestClientOptions(Array(CommandLine.arguments.dropFirst()))
    var logger = Logger(label: "rpc-test-client") { StreamLogHandler.standardError(label: $0) }
    if let level = ProcessInfo.processInfo.environment["LOG_LEVEL"].flatMap(Logger.Level.init(rawValue:)) {
      logger.logLevel = level
    }
    let client = try options.client(logger: logger)
    let services = ServiceGroup(services: [client], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await services.run() }
      try FileHandle.standardOutput.write(contentsOf: Data("ready\n".utf8))
      await serve(Caller(channel: client))
      await services.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  /// Until stdin ends.
  private static func serve(_ caller: Caller) async {
    let calls = Calls()
    for await line in lines() {
      guard let command = try? JSONDecoder().decode(Command.self, from: Data(line.utf8)) else { continue }
      if command.cancel == true {
        calls.cancel(command.id)
      } else if command.resume == true {
        calls.resume(command.id)
      } else {
        calls.start(command, on: caller)
      }
    }
    await calls.finish()
  }

  /// Reads stdin on a thread of its own: readLine blocks.
  private static func lines() -> AsyncStream<String> {
    AsyncStream { continuation in
      Thread.detachNewThread {
        while let line = readLine() { continuation.yield(line) }
        continuation.finish()
      }
    }
  }
}
