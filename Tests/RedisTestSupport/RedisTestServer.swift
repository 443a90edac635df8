import Foundation
import ProcessTestSupport
import Redis
import Synchronization

/// A real redis-server of a test's own: a unix socket and its data in a new folder under the temporary directory.
///
///     try await withRedisServer { server in
///       try await withRedisClient(server) { redis in try await redis.ping() }
///     }
///
/// It writes an append-only file and syncs it always, as in production, so it comes back with its data after `kill()`.
package final class RedisTestServer: Sendable {
  /// Made by the server; gone when the scope ends.
  package let folder: String
  package let socketPath: String
  /// Set for a server that listens on loopback too.
  package let port: Int?
  private let settings: [String]
  private let running = Mutex<RunningProcess?>(nil)

  /// `settings`: lines of redis.conf, which come last and so win.
  init(settings: [String], port: Int?) throws {
    var template = Array((NSTemporaryDirectory() + "redis-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw RedisTestError("no temporary folder: errno \(errno)") }
    folder = String(decoding: template.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    socketPath = folder + "/redis.sock"
    self.settings = settings
    self.port = port
  }

  package var url: RedisURL { RedisURL(address: .unixSocket(path: socketPath)) }

  /// nil while it does not run.
  package var pid: pid_t? { running.withLock { $0?.identifier } }

  /// What the server has logged, for a failing test.
  package var log: String {
    let data = FileManager.default.contents(atPath: folder + "/redis.log") ?? Data()
    return String(decoding: data, as: UTF8.self)
  }

  /// Starts it again with the same data; waits until it answers `PING`, unless told otherwise, and then for as long
  /// as it loads its data.
  package func start(waitUntilReady: Bool = true, extraSettings: [String] = []) async throws {
    try? FileManager.default.removeItem(atPath: socketPath)
    try configurationText(extraSettings).write(toFile: folder + "/redis.conf", atomically: true, encoding: .utf8)
    let process = try RunningProcess(
      URL(fileURLWithPath: "/usr/bin/env"), ["redis-server", folder + "/redis.conf"])
    running.withLock { $0 = process }
    if waitUntilReady { try await waitForPing() }
  }

  private func configurationText(_ extraSettings: [String]) -> String {
    let settings =
      [
        "port \(port ?? 0)", "bind 127.0.0.1", "unixsocket \(socketPath)", "dir \(folder)",
        "logfile \(folder)/redis.log",
        "daemonize no", "save \"\"", "appendonly yes", "appendfsync always", "maxmemory-policy noeviction",
        "enable-debug-command yes",
      ] + self.settings + extraSettings
    return settings.joined(separator: "\n") + "\n"
  }

  private func waitForPing() async throws {
    do {
      try await withRedisClient(self, configuration: .forTests) { try await $0.ping(timeout: .seconds(20)) }
    } catch let error as RedisError where error.kind == .authentication || error.code == "NOPERM" {
      // It answers; that it wants a password is what the test is about.
    } catch {
      throw RedisTestError("redis-server does not answer (\(error)); is it installed? Its log:\n\(log)")
    }
  }

  /// `kill -9`: nothing is flushed, nothing closed.
  package func kill() async throws { try await end(SIGKILL) }

  /// SIGTERM: an orderly stop.
  package func stop() async throws { try await end(SIGTERM) }

  /// Stops it in order and starts it with the same data.
  package func restart() async throws {
    try await stop()
    try await start()
  }

  private func end(_ signal: Int32) async throws {
    guard let process = running.withLock({ $0.take() }) else { return }
    process.signal(signal)
    _ = await process.exitStatus()
  }

  func remove() async {
    try? await kill()
    try? FileManager.default.removeItem(atPath: folder)
  }
}

package struct RedisTestError: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
