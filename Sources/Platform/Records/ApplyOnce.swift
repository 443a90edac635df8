import EventBus
import Redis

/// The second verb: apply an event once, by its version.
extension RedisClient {
  /// Carries out a commit that applies an event, whose one guard is `require(_:below:)` of the event's version: one round
  /// trip, no look before it, and nobody to lose a race to. `key` is where the version is, for people.
  package func applyOnce(_ commit: Commit, at key: RedisKey) async throws -> EventOutcome {
    guard case .refused(_, let found) = try await self.commit(commit) else { return .applied }
    guard (try? found.int64()) != nil else { throw MalformedRecord(key, "version") }
    return .duplicate
  }
}
