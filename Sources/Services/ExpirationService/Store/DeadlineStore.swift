import EventBus
import Identifiers
import Records
import Redis

/// The orders' timers in Redis.
struct DeadlineStore: Sendable {
  let redis: RedisClient
  /// Rings when a timer is scheduled here, for the poller of this process.
  let alarm: Alarm

  /// For how long after its time an order's events are known for old ones. Far longer than streams are kept: what is
  /// replayed later sets timers that orders has no use for.
  private static let memory: Duration = .seconds(7 * 24 * 60 * 60)
  /// Of the time to pay; keeps an absurd one from being no expiry for Redis.
  private static let longestWindow: Duration = .seconds(365 * 24 * 60 * 60)

  /// Makes the change that the event of this version brings, unless a later one of the order has been applied.
  func apply(_ change: DeadlineChange, of order: String, version: Int64) async throws -> EventOutcome {
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
    let outcome = try await redis.applyOnce(commit, at: key)
    if outcome == .applied, case .schedule(let time, _) = change { alarm.ring(at: time) }
    return outcome
  }

  private func memory(after change: DeadlineChange) -> Duration {
    guard case .schedule(let time, _) = change else { return Self.memory }
    return Self.memory + min(UnixTime.now().duration(to: time), Self.longestWindow)
  }
}
