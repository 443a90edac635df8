import Logging
import Synchronization
import Telemetry

/// Knows of an outage of a listener's store: one warning, however many events meet it, and a line when it is over.
final class StoreOutageLog: Sendable {
  private let logger: Logger
  private let outage = Mutex(Outage())

  init(logger: Logger) {
    self.logger = logger
  }

  func noticed(_ cause: String) {
    // Whatever the cause: the events tell many.
    guard outage.withLock({ $0.noticed("") }) else { return }
    logger.warning(
      "events wait: what they are applied to is away or full", metadata: ["cause": "\(cause.prefix(300))"])
  }

  func ended() {
    if outage.withLock({ $0.ended() }) { logger.notice("events are applied again") }
  }

  /// Returns when the outage is over, or `limit` has passed; at once where there is none.
  func wait(atMost limit: Duration) async throws {
    let deadline = ContinuousClock.now + limit
    while outage.withLock(\.isOngoing), .now < deadline { try await Task.sleep(for: .milliseconds(20)) }
  }
}
