import Logging
import ServiceLifecycle
import Subprocess
import Synchronization

#if canImport(Darwin)
  import System
#else
  import SystemPackage
#endif

/// A `redis-server` of the platform's own, for `ticketing up`: on a unix socket in the data folder, and on a loopback
/// port for people with redis-cli. Every acknowledged write is on disk (`appendfsync always`), so killing anything at
/// any moment loses nothing.
package final class EmbeddedRedis: Service {
  /// A server that gives up sooner than this after its start (a bad file, a bad setting) would do so again.
  private static let earliestEnd: Duration = .seconds(3)
  /// So many of them in a row are not the port's fault.
  private static let failuresToBear = 8
  private static let pauseBeforeRestart: Duration = .milliseconds(200)

  private let executable: FilePath
  private let folder: DataFolder
  private let logger: Logger
  private let chosenPort: Mutex<Int>
  /// Where the socket is: in the data folder, or under /tmp where that folder's name is too long for a socket.
  package let socket: String

  /// Finds the executable and a free port at or above `port`. Starts nothing yet, but stops a server that an earlier,
  /// killed run left behind on this folder.
  package init(folder: DataFolder, port: Int, logger: Logger) async throws {
    guard let executable = Self.find("redis-server") else {
      throw EmbeddedRedisError(
        "redis-server is not installed: run tools/setup, or set REDIS_URL to use a Redis that runs elsewhere")
    }
    self.executable = executable
    self.folder = folder
    self.logger = logger
    self.socket = Self.socketPath(in: folder.path)
    try await Self.stopOrphan(at: socket)
    chosenPort = Mutex(try await Self.freePort(from: port))
  }

  /// The loopback port, for redis-cli: settled once the server answers.
  package var port: Int { chosenPort.withLock { $0 } }

  package var url: String { "unix://\(socket)" }

  /// Runs the server until shutdown, and anew whenever it ends before that.
  package func run() async throws {
    try await cancelWhenGracefulShutdown { try await self.keepRunning() }
  }

  private func keepRunning() async throws {
    var failures = 0
    while !Task.isCancelled {
      let start = ContinuousClock.now
      let status = try await runServer()
      guard !Task.isCancelled else { return }
      if case .exited = status, ContinuousClock.now - start < Self.earliestEnd {
        failures += 1
        try await moveToAnotherPort(after: failures)
      } else {
        failures = 0
        logger.error("redis-server ended and is started again", metadata: ["status": "\(status)"])
        try await Task.sleep(for: Self.pauseBeforeRestart)
      }
    }
  }

  /// Between finding a port free and listening at it, somebody else may have taken it: then another is tried.
  private func moveToAnotherPort(after failures: Int) async throws {
    guard failures < Self.failuresToBear else {
      throw EmbeddedRedisError("redis-server ended at once: its last words are in \(folder.path)/redis.log")
    }
    // Platforms that start at the same time would meet again at the next one.
    let next = try await Self.freePort(from: port + .random(in: 1...2 * failures))
    chosenPort.withLock { $0 = next }
  }

  private func runServer() async throws -> TerminationStatus {
    var options = PlatformOptions()
    // A group of its own keeps the terminal's Ctrl-C from stopping it before those who still write to it.
    options.processGroupID = 0
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(10))]
    let result = try await Subprocess.run(
      .path(executable), arguments: Arguments(arguments), platformOptions: options, output: .discarded)
    return result.terminationStatus
  }

  private var arguments: [String] {
    let settings: [(String, String)] = [
      ("dir", folder.path.string), ("bind", "127.0.0.1"), ("port", "\(port)"),
      ("unixsocket", socket), ("unixsocketperm", "700"),
      ("logfile", "\(folder.path)/redis.log"), ("daemonize", "no"), ("save", ""),
      ("appendonly", "yes"), ("appendfsync", "always"), ("no-appendfsync-on-rewrite", "no"),
      ("maxmemory-policy", "noeviction"),
    ]
    return settings.flatMap { ["--\($0.0)", $0.1] }
  }
}
