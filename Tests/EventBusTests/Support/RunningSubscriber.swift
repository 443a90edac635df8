import EventBus
import EventBusTestSupport
import Logging
import Redis
import RedisTestSupport

extension Subscriber {
  init(
    _ listeners: [Listener], on redis: RedisClient, _ settings: SubscriberSettings = .forTests(),
    as participant: Participant = .tickets
  ) {
    self.init(
      participant, listeners: listeners, sources: EventSources(all: redis), settings: settings,
      gate: ApplyingGate(), logger: .silent)
  }

  /// Runs while `body` does, then is cancelled: without a farewell, as if its process had died between two awaits.
  func running<R>(_ body: () async throws -> R) async throws -> R {
    let running = Task { try await run() }
    do {
      let result = try await body()
      running.cancel()
      try? await running.value
      return result
    } catch {
      running.cancel()
      try? await running.value
      throw error
    }
  }
}
