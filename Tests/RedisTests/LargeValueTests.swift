import RedisTestSupport
import Testing

@testable import Redis

@Suite struct LargeValueTests {
  @Test func `more than the socket takes at once is written once, and all of it`() async throws {
    try await withRedisServer { server in
      try await withRedisClient(server, configuration: .oneConnection) { redis in
        // More than the channel's mark for "not writable", and all of it gone in one write.
        for index in 0..<20 {
          let value = [UInt8](repeating: UInt8(index), count: 100_000 + index)
          let reply = try await redis.send(RedisCommand("ECHO", .bytes(value))).bytes()
          #expect(reply.elementsEqual(value))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
          for index in 0..<60 {
            group.addTask {
              let value = [UInt8](repeating: UInt8(index), count: 100_000 + index)
              let reply = try await redis.send(RedisCommand("ECHO", .bytes(value))).bytes()
              #expect(reply.elementsEqual(value))
            }
          }
          try await group.waitForAll()
        }
      }
    }
  }

  @Test func `a reply beyond the limits fails its caller, and the next connection serves`() async throws {
    try await withRedisServer { server in
      var configuration = RedisClient.Configuration.oneConnection
      configuration.replyLimits.bulkBytes = 1000
      try await withRedisClient(server, configuration: configuration) { redis in
        try await redis.set(RedisKey("k"), .bytes([UInt8](repeating: 1, count: 1001)))
        let error = await #expect(throws: RedisError.self) { try await redis.get(RedisKey("k")) }
        #expect(error?.kind == .protocolViolation)
        try await redis.patiently { try await redis.ping() }
      }
    }
  }
}
