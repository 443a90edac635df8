import EventBus
import Redis
import RedisTestSupport
import Testing

/// Waits until `condition` holds; fails the test after `limit`, which is there for a machine that does other things too.
func eventually(
  _ what: Comment, within limit: Duration = .seconds(30), sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while true {
    do {
      if try await condition() { return }
    } catch is RedisError {}
    guard ContinuousClock.now < deadline else {
      Issue.record("not within \(limit): \(what)", sourceLocation: sourceLocation)
      throw NotInTime()
    }
    try await Task.sleep(for: .milliseconds(2))
  }
}

struct NotInTime: Error {}
