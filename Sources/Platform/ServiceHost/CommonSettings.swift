import Logging
import Redis
import SessionToken

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What every process of the platform reads from its environment.
package struct CommonSettings: Sendable {
  /// `TICKETING_ENV`: production makes cookies Secure and forbids weak settings.
  package enum Stage: String, CaseIterable, Sendable { case development, production }
  /// `LOG_FORMAT`.
  package enum LogFormat: String, CaseIterable, Sendable { case text, json }

  package let stage: Stage
  package let logLevel: Logger.Level
  package let logFormat: LogFormat
  /// `SHUTDOWN_DELAY_SECONDS`: how long a process that was told to stop serves on, not ready, before it stops. The whole
  /// stop takes ten seconds at most, this included.
  package let shutdownDelay: Duration

  /// `terminal`: a person reads the log.
  package init(_ environment: Environment, terminal: Bool = isatty(STDERR_FILENO) == 1) throws(ConfigurationError) {
    stage = try environment.choice("TICKETING_ENV", default: .development)
    logLevel = try environment.choice("LOG_LEVEL", default: .info)
    logFormat = try environment.choice("LOG_FORMAT", default: terminal ? .text : .json)
    shutdownDelay = .seconds(
      try environment.integer("SHUTDOWN_DELAY_SECONDS", default: stage == .production ? 2 : 0, in: 0...5))
  }
}

extension Environment {
  /// `JWT_KEY` signs, `JWT_KEY_PREVIOUS` is still accepted.
  package func sessionKeys() throws -> SessionKeys {
    let current = try requiredSecret("JWT_KEY", expected: "a secret of 32 bytes or more, the same for all services")
    let previous = try secret("JWT_KEY_PREVIOUS")
    for (name, key) in [("JWT_KEY", current), ("JWT_KEY_PREVIOUS", previous ?? current)]
    where key.utf8.count < SessionKeys.minimumKeyBytes {
      throw ConfigurationError(
        "\(name) has \(key.utf8.count) bytes: it needs 32 or more (`openssl rand -hex 32` makes one)")
    }
    return try SessionKeys(current: current, previous: previous)
  }

  /// `<SERVICE>_REDIS_URL`, else `REDIS_URL`.
  package func redisURL(service: String) throws(ConfigurationError) -> RedisURL {
    let own = "\(service.uppercased())_REDIS_URL"
    let name = hasSecret(own) ? own : "REDIS_URL"
    let text = try requiredSecret(name, expected: "the URL of the Redis that keeps the state of \(service)")
    do {
      return try RedisURL(text)
    } catch {
      throw ConfigurationError("\(name) is not a redis://, rediss:// or unix:// URL: \(error)")
    }
  }
}
