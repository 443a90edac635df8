import Operations
import Redis

extension Dependency {
  /// The service's own Redis: that it answers, and whether it keeps what it acknowledged.
  package static func redis(_ redis: RedisClient) -> Dependency {
    Dependency("redis") {
      do {
        try await redis.ping(timeout: answerTime)
        return .up(note: try await redis.durability().description)
      } catch {
        return .down("\(error)")
      }
    }
  }
}
