import NIOCore
import Redis
import RedisTestSupport
import Synchronization
import Testing

@Suite struct OutageTests {
  @Test func `a restart under load loses nothing that was acknowledged and mixes up no replies`() async throws {
    try await underLoad(rounds: 3) { try await $0.restart() }
  }

  @Test func `kill -9 under load loses nothing that was acknowledged and mixes up no replies`() async throws {
    try await underLoad(rounds: 3) { server in
      try await server.kill()
      try await server.start()
    }
  }

  @Test func `connections killed by an operator come back`() async throws {
    try await underLoad(rounds: 5) { server in
      try await withRedisClient(server) { redis in
        _ = try await redis.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal"))
      }
    }
  }

  /// Writers each write their own keys and read them back, while `disturb` happens `rounds` times.
  private func underLoad(rounds: Int, _ disturb: @escaping @Sendable (RedisTestServer) async throws -> Void)
    async throws
  {
    try await withRedisServer { server in
      try await withRedisClient(server) { redis in
        let flag = Flag()
        let progress = Counter()
        let acknowledged = try await withThrowingTaskGroup(of: [String].self) { group in
          for writer in 0..<8 {
            group.addTask {
              var written: [String] = []
              var number = 0
              while !flag.isSet {
                number += 1
                let name = "w\(writer):\(number)"
                do {
                  try await redis.set(RedisKey(name), .string("of \(name)"))
                  written.append(name)
                  progress.add()
                  let value = try await redis.get(RedisKey(name))?.string
                  #expect(value == "of \(name)")
                } catch let error as RedisError {
                  #expect([.notConnected, .connectionLost, .timedOut].contains(error.kind), "\(error)")
                  try await pause(milliseconds: 1)
                }
              }
              return written
            }
          }
          for round in 1...rounds {
            while progress.count < round * 200 { try await pause(milliseconds: 1) }
            try await disturb(server)
            try await redis.patiently { try await redis.ping() }
          }
          flag.set()
          return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(acknowledged.count > 100)
        for name in acknowledged {
          let value = try await redis.patiently { try await redis.get(RedisKey(name))?.string }
          #expect(value == "of \(name)")
        }
      }
    }
  }

  @Test func `while the server is away commands fail at once and surely have not run`() async throws {
    try await withRedisServer { server in
      try await withRedisClient(server) { redis in
        try await redis.ping()
        try await server.stop()
        let error = try await firstError {
          try await redis.ping(timeout: .seconds(30))
        } until: {
          $0.kind == .notConnected
        }
        #expect(error.mayHaveRun == false)
        #expect(error.message.contains("redis.sock") || error.message.contains("closed"), "\(error)")
      }
    }
  }

  @Test func `a command sent before the server is there waits for it`() async throws {
    try await withRedisServer { server in
      try await server.stop()
      try await withRedisClient(server) { redis in
        async let pong: Void = redis.ping(timeout: .seconds(20))
        try await server.start()
        try await pong
      }
    }
  }

  @Test func `the wait for the first connection is short`() async throws {
    var configuration = RedisClient.Configuration.forTests
    configuration.startWait = .milliseconds(50)
    let url = RedisURL(address: .unixSocket(path: "/nonexistent/redis.sock"))
    try await withRedisClient(url: url, configuration: configuration) { redis in
      let error = await #expect(throws: RedisError.self) { try await redis.ping(timeout: .seconds(60)) }
      #expect(error?.kind == .notConnected)
      #expect(error?.mayHaveRun == false)
      let later = try await firstError {
        try await redis.ping()
      } until: {
        $0.message.contains("/nonexistent/redis.sock")
      }
      #expect(later.kind == .notConnected)
    }
  }

  @Test func `commands wait while the server loads its data`() async throws {
    try await withRedisServer { server in
      let count = 4000
      try await withRedisClient(server) { redis in
        _ = try await redis.send((0..<count).map { RedisCommand("SET", "k\($0)", "v") })
      }
      try await server.stop()
      // Two seconds. While it loads, the server looks at its connections after every 1024 commands.
      try await server.start(waitUntilReady: false, extraSettings: ["key-load-delay 500"])
      try await withRedisClient(server) { redis in
        let reply = try await redis.patiently { try await redis.send([RedisCommand("DBSIZE")])[0] }
        guard case .error(let text) = reply, text.hasPrefix("LOADING") else {
          Issue.record("\(reply) \(server.log)")
          return
        }
        let size = try await redis.send(RedisCommand("DBSIZE"), timeout: .seconds(30))
        #expect(size == .integer(Int64(count)))
      }
    }
  }

  @Test func `a server that is loading is asked again until the deadline`() async throws {
    try await withStubServer({ request in
      [Array((request.number < 3 ? "-LOADING Redis is loading the dataset in memory\r\n" : "+PONG\r\n").utf8)]
    }) { url, _ in
      try await withRedisClient(url: url, configuration: .oneConnection) { redis in
        try await redis.waitUntilConnected()
        let error = await #expect(throws: RedisError.self) { try await redis.ping(timeout: .milliseconds(8)) }
        #expect(error?.kind == .timedOut || error?.code == "LOADING")
        try await redis.ping()
      }
    }
  }

  @Test func `a stopped client takes no more commands and answers those under way`() async throws {
    try await withRedisServer { server in
      let client = RedisClient(
        url: server.url, configuration: .forTests, group: NIOSingletons.posixEventLoopGroup, logger: .silent)
      let running = Task { try await client.run() }
      try await client.ping()
      let replies = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<100 { group.addTask { (try? await client.ping()) != nil } }
        running.cancel()
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      _ = await running.result
      #expect(replies >= 0)
      let error = await #expect(throws: RedisError.self) { try await client.ping() }
      #expect(error?.kind == .notConnected)
      #expect(error?.message.contains("shut down") == true)
    }
  }
}
