import Cryptography
import EmbeddedRedis
import Logging
import Redis
import ServiceHost
import ServiceLifecycle
import SessionToken

/// Where `ticketing up` keeps its state: a redis-server of its own in the data folder, or the one that `REDIS_URL`
/// names.
struct Storage {
  let url: RedisURL
  let keys: SessionKeys
  let workers: [any Service]
  /// The command that a person looks into it with; settled once it answers.
  let inspection: @Sendable () -> String

  init(_ environment: Environment, folder path: String, redisPort: Int, logger: Logger) async throws {
    guard (1...65_535).contains(redisPort) else { throw ConfigurationError("--redis-port must be from 1 to 65535") }
    let folder = try DataFolder(path)
    keys =
      !environment.hasSecret("JWT_KEY")
      ? try SessionKeys(current: folder.secret("jwt.key", make: { [UInt8].random(count: 32).hex }))
      : try environment.sessionKeys()
    guard !environment.hasSecret("REDIS_URL") else {
      url = try environment.redisURL(service: "up")
      workers = [folder]
      inspection = { "redis-cli -u \"$REDIS_URL\"" }
      return
    }
    let server = try await EmbeddedRedis(folder: folder, port: redisPort, logger: logger)
    url = try RedisURL(server.url)
    workers = [server]
    inspection = { "redis-cli -p \(server.port)" }
  }
}

/// Holds the folder, and with it the lock, for as long as the platform runs.
extension DataFolder: Service {
  package func run() async throws {
    try await gracefulShutdown()
  }
}
