import Logging
import Redis
import Synchronization

/// Lets a list be read that has a malformed record in it: that one is left out, and told as an error that names its
/// key, once a minute at most.
package final class UnreadableRecords: Sendable {
  /// Keys that are told of within the pause. Of further ones nothing is said: the log has enough to begin with.
  private static let maximumKeys = 1000

  private let logger: Logger
  private let pause: Duration
  private let told = Mutex<[RedisKey: ContinuousClock.Instant]>([:])

  package init(logger: Logger, pause: Duration = .seconds(60)) {
    self.logger = logger
    self.pause = pause
  }

  /// What `read` gives; nil too where what is stored at the key is at fault. Throws where the store is.
  func leavingOut<Value>(_ key: RedisKey, _ read: () throws -> Value?) throws -> Value? {
    do {
      return try read()
    } catch let error as MalformedRecord {
      tell(key, "\(error)")
    } catch let error as RedisError where !error.isOutage {
      tell(key, "\(error)")
    }
    return nil
  }

  private func tell(_ key: RedisKey, _ cause: String) {
    guard isNews(key) else { return }
    logger.error("a record is malformed and left out of a list", metadata: ["key": "\(key.name)", "cause": "\(cause)"])
  }

  private func isNews(_ key: RedisKey) -> Bool {
    let now = ContinuousClock.now
    return told.withLock { told in
      if let last = told[key], now - last < pause { return false }
      if told.count >= Self.maximumKeys { told = told.filter { now - $0.value < pause } }
      guard told.count < Self.maximumKeys else { return false }
      told[key] = now
      return true
    }
  }
}
