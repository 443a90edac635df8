import EventBus
import Logging
import ServiceHost

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Bus {
  /// Reads `CONSUMER_NAME`, `CLAIM_IDLE_MS` and `EVENT_RETENTION_SECONDS`.
  init(_ environment: Environment, sources: EventSources, consumer: String, logger: Logger) throws {
    var settings = SubscriberSettings(consumer: environment.string("CONSUMER_NAME") ?? consumer)
    settings.claimIdle = .milliseconds(try environment.integer("CLAIM_IDLE_MS", default: 15_000, in: 100...3_600_000))
    self.init(
      sources: sources, settings: settings,
      retention: try environment.eventRetention(),
      logger: logger)
  }

  /// A name that no other process has: where a process does not come back under its own, others take over what it
  /// held after `CLAIM_IDLE_MS`.
  static func processName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    let known = gethostname(&name, name.count - 1) == 0
    let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "\(known && !host.isEmpty ? host : "host")-\(getpid())"
  }
}

extension Environment {
  /// `EVENT_RETENTION_SECONDS`
  func eventRetention() throws(ConfigurationError) -> Duration {
    let week = 7 * 24 * 60 * 60
    return .seconds(try integer("EVENT_RETENTION_SECONDS", default: week, in: 0...1_000_000_000))
  }
}
