import RedisTestSupport
import Testing

@testable import Redis

@Suite struct ScriptTests {
  private static let add = RedisScript(
    """
    -- Adds to a counter.
    -- KEYS[1] STRING; ARGV[1] the amount; returns the sum
    return redis.call('INCRBY', KEYS[1], ARGV[1])
    """)

  @Test func `a script that the server does not know is taught to it`() async throws {
    try await withRedis { redis in
      for expected in 1...3 {
        let sum = try await redis.run(Self.add, keys: [RedisKey("k")], arguments: [1]).int()
        #expect(sum == expected)
      }
      let known = try await redis.send(RedisCommand("SCRIPT", "EXISTS", .string(Self.add.digest)))
      #expect(known == .array([.integer(1)]))
    }
  }

  @Test func `scripts that are flushed all the time run exactly once all the same`() async throws {
    try await withRedis { redis in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<300 {
          group.addTask { _ = try await redis.run(Self.add, keys: [RedisKey("k")], arguments: [1]) }
        }
        for _ in 0..<30 {
          group.addTask { _ = try await redis.send(RedisCommand("SCRIPT", "FLUSH")) }
        }
        try await group.waitForAll()
      }
      let sum = try await redis.get(RedisKey("k"))?.int64
      #expect(sum == 300)
    }
  }

  @Test func `an error within a script is thrown with its code`() async throws {
    try await withRedis { redis in
      try await redis.hset(RedisKey("h"), [("f", "v")])
      let error = await #expect(throws: RedisError.self) {
        try await redis.run(Self.add, keys: [RedisKey("h")], arguments: [1])
      }
      #expect(error?.code == "WRONGTYPE")
    }
  }
}
