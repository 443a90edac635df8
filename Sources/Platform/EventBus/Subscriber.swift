import Logging
import ServiceLifecycle

/// Brings a service the events that it listens to, in its consumer group.
package struct Subscriber: Service {
  let participant: Participant
  let listeners: [Listener]
  let sources: EventSources
  let settings: SubscriberSettings
  let logger: Logger
  let events: EventMetrics
  let gate: ApplyingGate

  package init(
    _ participant: Participant, listeners: [Listener], sources: EventSources, settings: SubscriberSettings,
    gate: ApplyingGate = .ofProcess, logger: Logger
  ) {
    self.participant = participant
    self.listeners = listeners
    self.sources = sources
    self.settings = settings
    self.gate = gate
    self.logger = logger
    events = EventMetrics(participant)
  }

  /// Until graceful shutdown or cancellation. Throws only where it was put together wrongly.
  package func run() async throws {
    let subscriptions = try makeSubscriptions()
    guard !subscriptions.isEmpty else { return try await gracefulShutdown() }
    await withTaskGroup(of: Void.self) { group in
      for subscription in subscriptions { group.addTask { await subscription.run() } }
    }
  }

  /// One per publisher.
  func makeSubscriptions() throws -> [Subscription] {
    let outage = StoreOutageLog(logger: logger)
    return try Dictionary(grouping: listeners, by: \.subject.publisher).map { publisher, listeners in
      guard let redis = sources[publisher] else {
        throw SubscriberError("\(participant.rawValue) listens to \(publisher.rawValue), whose Redis is not known")
      }
      let listeners = try Dictionary(listeners.map { ($0.subject, $0) }) { first, _ in
        throw SubscriberError("\(participant.rawValue) has two listeners for \(first.subject.rawValue)")
      }
      return Subscription(
        participant, listeners: listeners, redis: redis, settings: settings, gate: gate, outage: outage,
        events: events, logger: logger)
    }
  }
}

/// A mistake of whoever put the program together.
package struct SubscriberError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
