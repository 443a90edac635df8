import Foundation
import Logging
import NIOCore
import NIOPosix
import Redis

/// Runs `body` with a redis-server of its own, and stops and removes that afterwards, however `body` ends.
/// `settings` are further lines of redis.conf; with a `port` (see `freePort`) it listens on 127.0.0.1 as well.
package func withRedisServer<R>(
  _ settings: [String] = [], port: Int? = nil, _ body: (RedisTestServer) async throws -> R
) async throws -> R {
  let server = try RedisTestServer(settings: settings, port: port)
  do {
    try await server.start()
    let result = try await body(server)
    await server.remove()
    return result
  } catch {
    await server.remove()
    throw error
  }
}

/// Runs `body` with a client that is running.
package func withRedisClient<R>(
  url: RedisURL, configuration: RedisClient.Configuration = .forTests,
  group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger = .silent,
  _ body: (RedisClient) async throws -> R
) async throws -> R {
  let client = RedisClient(url: url, configuration: configuration, group: group, logger: logger)
  let running = Task { try await client.run() }
  do {
    let result = try await body(client)
    running.cancel()
    _ = await running.result
    return result
  } catch {
    running.cancel()
    _ = await running.result
    throw error
  }
}

package func withRedisClient<R>(
  _ server: RedisTestServer, configuration: RedisClient.Configuration = .forTests,
  group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger = .silent,
  _ body: (RedisClient) async throws -> R
) async throws -> R {
  try await withRedisClient(url: server.url, configuration: configuration, group: group, logger: logger, body)
}

/// A server and a client in one.
package func withRedis<R>(
  _ settings: [String] = [], _ body: (RedisClient) async throws -> R
) async throws -> R {
  try await withRedisServer(settings) { server in try await withRedisClient(server, body) }
}

/// A TCP port of the loopback interface that was free a moment ago. Below those that systems choose for outgoing
/// connections: one of these would be taken by somebody else before long. Asked for by a socket that no process
/// inherits, as SwiftNIO's are: a server that another test starts now would keep the port.
package func freePort() throws -> Int {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  defer { close(descriptor) }
  for _ in 0..<100 {
    let port = Int.random(in: 20_000..<32_000)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let result = withUnsafeBytes(of: &address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        bind(descriptor, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result == 0 { return port }
  }
  throw RedisTestError("no free port")
}

extension RedisClient.Configuration {
  /// Tries again after milliseconds, so that a test that restarts a server is quick.
  package static var forTests: Self {
    var configuration = Self()
    configuration.startWait = .seconds(20)
    configuration.commandTimeout = .seconds(20)
    configuration.firstBackoff = .milliseconds(2)
    configuration.longestBackoff = .milliseconds(50)
    configuration.drainTimeout = .milliseconds(200)
    return configuration
  }
}

extension Logger {
  package static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
