import Logging
import NIOCore
import Redis
import ServiceHost
import SessionToken
import TicketingProto

extension HostedService {
  /// Users and their sessions.
  package static func auth(
    redis: RedisClient, keys: SessionKeys, settings: AuthSettings
  ) throws -> HostedService {
    let hasher = try PasswordHasher(
      cost: settings.scryptCost, threads: System.coreCount, limit: AuthSettings.passwordQueueLimit)
    let handlers = AuthHandlers(
      users: UserStore(redis: redis), hasher: hasher, keys: keys, attempts: AttemptLimiter(redis: redis),
      settings: settings)
    return HostedService(
      name: "auth", serviceName: AuthV1.AuthServiceMethods.serviceName,
      methods: AuthV1.AuthServiceMethods.registrations(handlers), callers: ["gateway"], workers: [hasher],
      dependencies: [.redis(redis)])
  }
}
