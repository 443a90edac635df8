import Redis

extension RedisClient {
  /// Carries out a commit that applies an event, whose one guard is `require(_:below:)` of the event's version: one round
  /// trip, no look before it, and nobody to lose a race to. `key` is where the version is, for people.
  package func applyOnce(_ commit: Commit, at key: RedisKey) async throws -> Application {
    guard case .refused(_, let found) = try await self.commit(commit) else { return .applied }
    guard (try? found.int64()) != nil else { throw MalformedVersion(key) }
    return .duplicate
  }
}

/// What a service has stored as the version that it has seen is no number.
package struct MalformedVersion: Error, CustomStringConvertible {
  private let key: RedisKey

  init(_ key: RedisKey) {
    self.key = key
  }

  package var description: String { "the version that is stored at \(key.name) is no number" }
}
