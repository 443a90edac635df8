import Identifiers
import Logging
import NIOPosix
import RPC
import Redis
import RedisTestSupport
import ServiceHost
import ServiceLifecycle
import SessionToken

/// A service behind its interceptors, called directly, on a real redis-server of its own.
package struct ServiceUnderTest: Sendable {
  package let channel: DirectChannel
  package let redis: RedisClient
  package let server: RedisTestServer
  package let keys: SessionKeys
  package let health: HealthState

  /// Call options that carry the session of a user.
  package func session(_ userID: String) async throws -> CallOptions {
    let now = UnixTime.now().seconds
    let claims = SessionClaims(id: userID, email: "\(userID)@example.com", iat: now, exp: now + 60)
    return CallOptions(metadata: ["authorization": "Bearer \(try keys.sign(claims))"])
  }
}

/// Starts what the service stands on, runs `body`, and stops it all.
package func withService<Result: Sendable>(
  logger: Logger = .silent, _ make: @Sendable (RedisClient, SessionKeys) throws -> HostedService,
  _ body: @Sendable @escaping (ServiceUnderTest) async throws -> Result
) async throws -> Result {
  try await withRedisServer { server in
    let keys = try SessionKeys(current: "0123456789abcdef0123456789abcdef")
    let redis = RedisClient(
      url: server.url, configuration: .forTests, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    let host = RPCHost([try make(redis, keys)], sharing: [redis], keys: keys, logger: logger)
    let service = ServiceUnderTest(
      channel: DirectChannel(table: host.table), redis: redis, server: server, keys: keys, health: host.health)
    let group = ServiceGroup(services: host.workers + host.stopsFirst, logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      do {
        let result = try await body(service)
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return result
      } catch {
        await group.triggerGracefulShutdown()
        throw error
      }
    }
  }
}

/// The error of a call that must fail.
package func failure(_ call: () async throws -> some Any) async -> RPCError? {
  do {
    _ = try await call()
    return nil
  } catch {
    return error as? RPCError ?? RPCError(.unknown, "\(error)")
  }
}
