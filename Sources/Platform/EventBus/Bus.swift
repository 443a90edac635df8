import Logging
import Redis
import ServiceLifecycle

/// A process' access to the event bus, from which each service gets its long-lived parts.
package struct Bus: Sendable {
  package let sources: EventSources
  package let settings: SubscriberSettings
  /// For how long events are kept after all groups have applied them, for people who want to look (`EVENT_RETENTION_SECONDS`).
  package let retention: Duration
  package let logger: Logger

  package init(sources: EventSources, settings: SubscriberSettings, retention: Duration, logger: Logger) {
    self.sources = sources
    self.settings = settings
    self.retention = retention
    self.logger = logger
  }

  /// What a service runs to hear others (`listeners`) and to keep its own streams, on `redis`, short.
  package func workers(of participant: Participant, redis: RedisClient, listeners: [Listener]) -> [any Service] {
    [
      Subscriber(participant, listeners: listeners, sources: sources, settings: settings, logger: logger),
      StreamTrimmer(participant: participant, redis: redis, retention: retention, logger: logger),
    ]
  }
}
