import RedisTestSupport
import Testing

@testable import Redis

@Suite struct DurabilityTests {
  @Test func `a server with the right settings is durable`() async throws {
    try await withRedis { redis in
      let durability = try await redis.durability()
      #expect(durability == .durable)
    }
  }

  @Test func `every setting that is not right is named with its value`() async throws {
    try await withRedis(["appendfsync everysec", "no-appendfsync-on-rewrite yes", "maxmemory-policy allkeys-lru"]) {
      let durability = try await $0.durability()
      #expect(
        durability
          == .lacking([
            "appendfsync is everysec, not always", "no-appendfsync-on-rewrite is yes, not no",
            "maxmemory-policy is allkeys-lru, not noeviction",
          ]))
    }
  }

  @Test func `a server that does not know a setting leaves it unknown`() {
    #expect(RedisDurability(settings: ["appendonly": "no"]) == .lacking(["appendonly is no, not yes"]))
    guard case .unknown(let why) = RedisDurability(settings: ["appendonly": "yes"]) else {
      Issue.record("not unknown")
      return
    }
    #expect(why.contains("appendfsync, no-appendfsync-on-rewrite, maxmemory-policy"))
  }
}
