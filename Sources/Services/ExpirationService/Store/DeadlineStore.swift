import EventBus
import Identifiers
import Redis
import ServiceHost

/// What an order's event means for its timer.
enum DeadlineChange: Sendable, Hashable {
  /// `trace` is the one of what reserved the ticket, which the timer's firing belongs to.
  case schedule(UnixTime, trace: String)
  /// Nothing happens where it has fired.
  case unschedule
}

/// The orders' timers in Redis.
struct DeadlineStore: Sendable {
  let redis: RedisClient
  /// Rings when a timer is scheduled here, for the poller of this process.
  let alarm: Alarm

  /// For how long after its time an order's events are known for old ones. Far longer than streams are kept: what is
  /// replayed later sets timers that orders has no use for.
  private static let memory: Duration = .seconds(7 * 24 * 60 * 60)
  /// Of the time to pay; keeps an absurd one from being no expiry for Redis.
  private static let longestWindow: Int64 = 365 * 24 * 60 * 60 * 1000

  /// Makes the change that the event of this version brings, unless a later one of the order has been applied.
  func apply(_ change: DeadlineChange, of order: String, version: Int64) async throws -> Application {
    let key = ExpirationKeys.order(order)
    var commit = Commit()
    commit.require(key, below: version)
    commit.set(key, .integer(version), expiry: memory(after: change))
    switch change {
    case .schedule(let time, let trace):
      if !trace.isEmpty { commit.hashSet(ExpirationKeys.traces, [(order, .string(trace))]) }
      commit.sortedSetAdd(ExpirationKeys.due, score: Double(time.milliseconds), member: .string(order))
    case .unschedule:
      commit.sortedSetRemove(ExpirationKeys.due, member: .string(order))
      commit.hashDelete(ExpirationKeys.traces, [order])
    }
    let application = try await redis.applyOnce(commit, at: key)
    if application == .applied, case .schedule(let time, _) = change { alarm.ring(at: time) }
    return application
  }

  private func memory(after change: DeadlineChange) -> Duration {
    guard case .schedule(let time, _) = change else { return Self.memory }
    let (window, overflow) = time.milliseconds.subtractingReportingOverflow(UnixTime.now().milliseconds)
    return Self.memory + .milliseconds(overflow ? 0 : min(max(0, window), Self.longestWindow))
  }
}
