import RedisTestSupport
import Testing

@testable import Redis

@Suite struct BlockingConnectionTests {
  private static let stream = RedisKey("{t}:events")

  @Test func `a blocking read gets an entry when it comes, and holds up no command`() async throws {
    try await withRedis { redis in
      try await redis.xgroupCreate(Self.stream, group: "g")
      async let read = redis.withBlockingConnection { connection in
        try await connection.xreadgroup(
          group: "g", consumer: "c", [(Self.stream, .new)], count: 10, block: .seconds(20)
        ).map { ($0.stream, $0.entries) }
      }
      try await waitForBlockedClients(redis, 1)
      let id = try await redis.xadd(Self.stream, [("f", "v")])
      let streams = try await read
      #expect(streams.map(\.0) == [Self.stream])
      #expect(streams.first?.1.map(\.id) == [id])
    }
  }

  @Test func `a blocking read without a group gets what comes after an id`() async throws {
    try await withRedis { redis in
      let first = try await redis.xadd(Self.stream, [("f", "1")])
      let known = try await redis.xread([(Self.stream, after: "0-0"), (RedisKey("{t}:none"), after: "0-0")], count: 10)
      #expect(known.map(\.stream) == [Self.stream])
      #expect(known.first?.entries.map(\.id) == [first])
      async let read = redis.withBlockingConnection { connection in
        try await connection.xread([(Self.stream, after: first)], count: 10, block: .seconds(20)).flatMap(\.entries)
      }
      try await waitForBlockedClients(redis, 1)
      let second = try await redis.xadd(Self.stream, [("f", "2")])
      #expect(try await read.map(\.id) == [second])
      let nothing = try await redis.withBlockingConnection { connection in
        try await connection.xread([(Self.stream, after: second)], count: 10, block: .milliseconds(5)).map(\.stream)
      }
      #expect(nothing.isEmpty)
    }
  }

  @Test func `a block that ends without an entry is an empty answer`() async throws {
    try await withRedis { redis in
      try await redis.xgroupCreate(Self.stream, group: "g")
      let streams = try await redis.withBlockingConnection { connection in
        try await connection.xreadgroup(
          group: "g", consumer: "c", [(Self.stream, .new)], count: 1, block: .milliseconds(20)
        ).map(\.stream)
      }
      #expect(streams.isEmpty)
    }
  }

  @Test func `a cancelled blocking read returns at once and leaves no connection behind`() async throws {
    try await withRedis { redis in
      try await redis.xgroupCreate(Self.stream, group: "g")
      let reading = Task {
        try await redis.withBlockingConnection { connection in
          _ = try await connection.xreadgroup(
            group: "g", consumer: "c", [(Self.stream, .new)], count: 1, block: .seconds(600))
        }
      }
      try await waitForBlockedClients(redis, 1)
      reading.cancel()
      await #expect(throws: CancellationError.self) { try await reading.value }
      try await waitForBlockedClients(redis, 0)
      // Nothing is given to the reader that has gone.
      try await redis.xadd(Self.stream, [("f", "v")])
      let groups = try await redis.xinfoGroups(Self.stream)
      #expect(groups.map(\.pending) == [0])
    }
  }

  @Test func `a blocking read whose server dies fails, and a new connection reads on`() async throws {
    try await withRedisServer { server in
      try await withRedisClient(server) { redis in
        try await redis.xgroupCreate(Self.stream, group: "g")
        let reading = Task {
          try await redis.withBlockingConnection { connection in
            _ = try await connection.xreadgroup(
              group: "g", consumer: "c", [(Self.stream, .new)], count: 1, block: .seconds(600))
          }
        }
        try await waitForBlockedClients(redis, 1)
        try await server.kill()
        let error = await #expect(throws: RedisError.self) { try await reading.value }
        #expect(error?.kind == .connectionLost)
        try await server.start()
        try await redis.patiently { _ = try await redis.xadd(Self.stream, [("f", "v")]) }
        let entries = try await redis.withBlockingConnection { connection in
          try await connection.xreadgroup(group: "g", consumer: "c", [(Self.stream, .new)], count: 1)
            .flatMap(\.entries)
        }
        #expect(entries.count == 1)
      }
    }
  }

  @Test func `without a server a blocking connection is refused when the start is over`() async throws {
    let url = RedisURL(address: .unixSocket(path: "/nonexistent/redis.sock"))
    var configuration = RedisClient.Configuration.forTests
    configuration.startWait = .milliseconds(100)
    try await withRedisClient(url: url, configuration: configuration) { redis in
      let error = await #expect(throws: RedisError.self) { try await redis.withBlockingConnection { _ in } }
      #expect(error?.kind == .notConnected)
    }
  }

  private func waitForBlockedClients(_ redis: RedisClient, _ count: Int) async throws {
    while try await redis.info("clients")["blocked_clients"] != "\(count)" { try await pause(milliseconds: 2) }
  }
}
