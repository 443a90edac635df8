import Logging
import Synchronization

/// One warning per outage and cause, however many connections notice it and however often they try.
final class OutageLog: Sendable {
  private let url: RedisURL
  private let logger: Logger
  private let reported = Mutex<String?>(nil)

  init(url: RedisURL, logger: Logger) {
    self.url = url
    self.logger = logger
  }

  func connected() {
    reported.withLock { $0 = nil }
    logger.debug("connected to Redis", metadata: ["redis": "\(url)"])
  }

  func failed(_ error: RedisError) {
    let isNews = reported.withLock { reported in
      defer { reported = error.message }
      return reported != error.message
    }
    logger.log(
      level: isNews ? .warning : .debug, "no connection to Redis, trying again",
      metadata: ["redis": "\(url)", "cause": "\(error.message)"])
  }
}
