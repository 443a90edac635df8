import Logging
import Synchronization
import Telemetry

/// One warning per outage and cause, however many connections notice it and however often they try. Client and server
/// may be started together: what fails before the first connection is an outage only after `startWait`, as it is for
/// the commands that wait for it.
final class OutageLog: Sendable {
  private let url: RedisURL
  private let logger: Logger
  private let outage: Mutex<Outage>

  init(url: RedisURL, startWait: Duration, logger: Logger) {
    self.url = url
    self.logger = logger
    outage = Mutex(Outage(quietUntil: .now + startWait))
  }

  func connected() {
    _ = outage.withLock { $0.ended() }
    logger.debug("connected to Redis", metadata: ["redis": "\(url)"])
  }

  func failed(_ error: RedisError) {
    // Waiting does not mend a refused password.
    let isNews = outage.withLock { $0.noticed(error.message, mendsItself: error.kind != .authentication) }
    logger.log(
      level: isNews ? .warning : .debug, "no connection to Redis, trying again",
      metadata: ["redis": "\(url)", "cause": "\(error.message)"])
  }
}
