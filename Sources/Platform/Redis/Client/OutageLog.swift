import Logging
import Synchronization

/// One warning per outage and cause, however many connections notice it and however often they try. Client and server
/// may be started together: what fails before the first connection is an outage only after `startWait`, as it is for
/// the commands that wait for it.
final class OutageLog: Sendable {
  private let url: RedisURL
  private let logger: Logger
  private let state: Mutex<State>

  private struct State {
    /// nil once there was a connection.
    var quietUntil: ContinuousClock.Instant?
    var reported: String?
  }

  init(url: RedisURL, startWait: Duration, logger: Logger) {
    self.url = url
    self.logger = logger
    state = Mutex(State(quietUntil: .now + startWait))
  }

  func connected() {
    state.withLock { $0 = State() }
    logger.debug("connected to Redis", metadata: ["redis": "\(url)"])
  }

  func failed(_ error: RedisError) {
    let isNews = state.withLock { state in
      // Waiting does not mend a refused password.
      if let end = state.quietUntil, .now < end, error.kind != .authentication { return false }
      defer { state.reported = error.message }
      return state.reported != error.message
    }
    logger.log(
      level: isNews ? .warning : .debug, "no connection to Redis, trying again",
      metadata: ["redis": "\(url)", "cause": "\(error.message)"])
  }
}
