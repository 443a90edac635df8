import Logging
import Synchronization

/// Knows of an outage of a listener's store: one warning, however many events meet it, and a line when it is over.
final class StoreOutageLog: Sendable {
  private let logger: Logger
  private let isOut = Mutex(false)

  init(logger: Logger) {
    self.logger = logger
  }

  func noticed(_ cause: String) {
    guard change(to: true) else { return }
    logger.warning(
      "events wait: what they are applied to is away or full", metadata: ["cause": "\(cause.prefix(300))"])
  }

  func ended() {
    guard change(to: false) else { return }
    logger.notice("events are applied again")
  }

  /// Returns when the outage is over, or `limit` has passed; at once where there is none.
  func wait(atMost limit: Duration) async throws {
    let deadline = ContinuousClock.now + limit
    while isOut.withLock({ $0 }), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
  }

  private func change(to new: Bool) -> Bool {
    isOut.withLock { isOut in
      defer { isOut = new }
      return isOut != new
    }
  }
}
