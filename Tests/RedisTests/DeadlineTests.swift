import Foundation
import NIOCore
import RedisTestSupport
import Testing

@testable import Redis

@Suite struct DeadlineTests {
  @Test func `a command that the server holds back times out, may run, and its late reply reaches nobody`() async throws
  {
    try await withRedisServer { server in
      try await withRedisClient(server) { admin in
        try await withRedisClient(server, configuration: .oneConnection) { redis in
          try await redis.ping()
          _ = try await admin.send(RedisCommand("CLIENT", "PAUSE", 600_000, "WRITE"))
          let error = await #expect(throws: RedisError.self) {
            try await redis.send(RedisCommand("INCR", "k"), timeout: .seconds(2))
          }
          #expect(error?.kind == .timedOut)
          #expect(error?.mayHaveRun == true)
          _ = try await admin.send(RedisCommand("CLIENT", "UNPAUSE"))
          // The same connection, whose next reply is the 1 of INCR.
          for index in 0..<20 {
            let reply = try await redis.send(RedisCommand("ECHO", "echo \(index)"))
            #expect(try reply.string() == "echo \(index)")
          }
          let value = try await redis.get(RedisKey("k"))?.int64
          #expect(value == 1)
        }
      }
    }
  }

  @Test func `without time left nothing is sent`() async throws {
    try await withRedis { redis in
      for timeout in [Duration.zero, .seconds(-1)] {
        let error = await #expect(throws: RedisError.self) {
          try await redis.send(RedisCommand("INCR", "k"), timeout: timeout)
        }
        #expect(error?.kind == .timedOut)
        #expect(error?.mayHaveRun == false)
      }
      let found = try await redis.exists(RedisKey("k"))
      #expect(found == false)
    }
  }

  @Test func `a short deadline passes while an earlier command still has time`() async throws {
    let arrived = Flag()
    try await withStubServer({ _ in
      arrived.set()
      return []
    }) { url, _ in
      try await withRedisClient(url: url, configuration: .oneConnection) { redis in
        let patient = Task { try await redis.send(RedisCommand("ECHO", "x"), timeout: .seconds(3000)) }
        while !arrived.isSet { try await pause(milliseconds: 1) }
        for timeout in [50, 10, 200] {
          let error = await #expect(throws: RedisError.self) {
            try await redis.send(RedisCommand("ECHO", "y"), timeout: .milliseconds(timeout))
          }
          #expect(error?.kind == .timedOut)
        }
        patient.cancel()
        await #expect(throws: CancellationError.self) { try await patient.value }
      }
    }
  }

  @Test func `a peer that has fallen silent is given up`() async throws {
    try await withStubServer({ request in
      request.connection == 0 ? [] : [bulk(request.command[1])]
    }) { url, connections in
      var configuration = RedisClient.Configuration.oneConnection
      configuration.silenceLimit = .milliseconds(200)
      try await withRedisClient(url: url, configuration: configuration) { redis in
        try await redis.waitUntilConnected()
        let error = await #expect(throws: RedisError.self) {
          try await redis.send(RedisCommand("ECHO", "x"), timeout: .milliseconds(50))
        }
        #expect(error?.kind == .timedOut)
        let reply = try await redis.patiently { try await redis.send(RedisCommand("ECHO", "y")) }
        #expect(try reply.string() == "y")
        #expect(connections.opened > 1)
      }
    }
  }

  @Test func `a cancelled caller returns at once, and the reply it leaves reaches nobody else`() async throws {
    let arrived = Flag()
    // Nothing is answered until the second command is there.
    try await withStubServer({ request in
      arrived.set()
      return request.command[1] == "left" ? [] : [bulk("left") + bulk(request.command[1])]
    }) { url, _ in
      try await withRedisClient(url: url, configuration: .oneConnection) { redis in
        let waiting = Task { try await redis.send(RedisCommand("ECHO", "left"), timeout: .seconds(600)) }
        while !arrived.isSet { try await pause(milliseconds: 1) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        let reply = try await redis.send(RedisCommand("ECHO", "mine"))
        #expect(try reply.string() == "mine")
      }
    }
  }

  @Test func `a task that is cancelled already sends nothing`() async throws {
    try await withRedis { redis in
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        return try await redis.send(RedisCommand("INCR", "k"))
      }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      let found = try await redis.exists(RedisKey("k"))
      #expect(found == false)
    }
  }

  @Test func `cancelling at random moments mixes up no replies`() async throws {
    try await withRedis { redis in
      for _ in 0..<20 {
        let abandoned = (0..<50).map { index in Task { try await redis.send(RedisCommand("ECHO", "gone \(index)")) } }
        async let wrong = echoMany(redis, count: 100)
        for task in abandoned { task.cancel() }
        let others = await wrong
        #expect(others.isEmpty)
        for task in abandoned { _ = await task.result }
      }
    }
  }

  @Test func `a full queue refuses at once, and what it refused has not run`() async throws {
    try await withStubServer({ _ in [] }) { url, _ in
      var configuration = RedisClient.Configuration.oneConnection
      configuration.maximumPendingCommands = 10
      try await withRedisClient(url: url, configuration: configuration) { redis in
        try await redis.waitUntilConnected()
        let errors = await withTaskGroup(of: RedisError?.self) { group in
          for _ in 0..<25 {
            group.addTask {
              await #expect(throws: RedisError.self) {
                try await redis.send(RedisCommand("ECHO", "x"), timeout: .seconds(2))
              }
            }
          }
          return await group.reduce(into: []) { $0.append($1) }
        }
        let refused = errors.filter { $0?.kind == .queueFull }
        #expect(refused.count == 15)
        #expect(refused.allSatisfy { $0?.mayHaveRun == false })
      }
    }
  }

  @Test func `bytes for a server that does not read are bounded`() async throws {
    try await withRedisServer { server in
      var configuration = RedisClient.Configuration.oneConnection
      configuration.maximumUnsentBytes = 1_000_000
      try await withRedisClient(server, configuration: configuration) { redis in
        try await redis.ping()
        let pid = try #require(server.pid)
        kill(pid, SIGSTOP)
        defer { kill(pid, SIGCONT) }
        let value = RedisArgument.bytes([UInt8](repeating: 1, count: 200_000))
        let kinds = await withTaskGroup(of: RedisError.Kind?.self) { group in
          for _ in 0..<100 {
            group.addTask {
              do {
                _ = try await redis.send(RedisCommand("SET", "k", value), timeout: .seconds(1))
                return nil
              } catch {
                return (error as? RedisError)?.kind
              }
            }
          }
          return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(kinds.contains(.queueFull))
        #expect(kinds.contains(.timedOut))
      }
    }
  }
}
