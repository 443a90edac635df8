import Logging
import Redis
import ServiceLifecycle

/// What a service does with the events of one publisher: the roles around one inbox, and how they end.
struct Subscription: Sendable {
  let participant: Participant
  let redis: RedisClient
  let inbox: Inbox
  private let reader: StreamReader
  private let applier: EventApplier
  private let acknowledger: Acknowledger
  private let ownership: Ownership
  private let reclaimer: PendingReclaimer
  private let release: Release

  /// What a listener may still take after it is told to stop.
  private static let applyGrace: Duration = .seconds(2)
  /// What the farewell to the server may take after that.
  private static let farewellGrace: Duration = .seconds(1)

  init(
    _ participant: Participant, listeners: [Subject: Listener], redis: RedisClient, settings: SubscriberSettings,
    gate: ApplyingGate, outage: StoreOutageLog, events: EventMetrics, logger: Logger
  ) {
    self.participant = participant
    self.redis = redis
    let inbox = Inbox(settings: settings)
    self.inbox = inbox
    let subjects = listeners.keys.sorted { $0.rawValue < $1.rawValue }
    let deadLetters = DeadLetters(
      participant: participant, consumer: settings.consumer, redis: redis, logger: logger)
    let pending = PendingReader(
      participant: participant, inbox: inbox, deadLetters: deadLetters, redis: redis)
    reader = StreamReader(
      participant: participant, subjects: subjects, inbox: inbox, pending: pending, outage: outage, redis: redis,
      logger: logger)
    acknowledger = Acknowledger(participant: participant, inbox: inbox, redis: redis, logger: logger)
    ownership = Ownership(participant: participant, inbox: inbox, redis: redis, logger: logger)
    applier = EventApplier(
      listeners: listeners, inbox: inbox, gate: gate, deadLetters: deadLetters, acknowledger: acknowledger,
      ownership: ownership, outage: outage, events: events, logger: logger)
    reclaimer = PendingReclaimer(
      participant: participant, subjects: subjects, inbox: inbox, pending: pending, redis: redis, logger: logger)
    release = Release(participant: participant, subjects: subjects, settings: settings, redis: redis)
  }

  /// Until graceful shutdown, after which it stops within three seconds, or cancellation, which stops it at once.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await acknowledger.run() }
      await withTaskGroup(of: Void.self) { applying in
        applying.addTask { await applier.run() }
        await cancelWhenGracefulShutdown { await takeIn() }
        inbox.close()
        applying.addTask { try? await Task.sleep(for: Self.applyGrace) }
        await applying.next()
        applying.cancelAll()
      }
      group.cancelAll()
    }
    await within(Self.farewellGrace) {
      await acknowledger.acknowledgeAll()
      try? await ownership.renew(untouchedFor: .zero)
      try? await release.run()
    }
  }

  private func takeIn() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await reader.run() }
      group.addTask { await resumeRetries() }
      group.addTask { await ownership.run() }
      group.addTask { await reclaimer.run() }
    }
  }

  /// Brings entries back from the retry queue when they are due, at most 20 ms late.
  private func resumeRetries() async {
    while !Task.isCancelled {
      guard let due = inbox.resumeDue() else {
        await inbox.hasRetries.wait()
        continue
      }
      try? await Task.sleep(for: min(max(due - .now, .milliseconds(1)), .milliseconds(20)))
    }
  }

  private func within(_ limit: Duration, _ body: @escaping @Sendable () async -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask(operation: body)
      group.addTask { try? await Task.sleep(for: limit) }
      await group.next()
      group.cancelAll()
    }
  }
}
