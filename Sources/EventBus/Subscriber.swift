import Logging
import ServiceLifecycle

/// Brings a service the events that it listens to, in its consumer group.
package struct Subscriber: Service {
  let participant: Participant
  let listeners: [Listener]
  let sources: EventSources
  let settings: SubscriberSettings
  let logger: Logger

  package init(
    _ participant: Participant, listeners: [Listener], sources: EventSources, settings: SubscriberSettings,
    logger: Logger
  ) {
    self.participant = participant
    self.listeners = listeners
    self.sources = sources
    self.settings = settings
    self.logger = logger
  }

  package func run() async throws {
    try await gracefulShutdown()
  }
}
