import RedisTestSupport
import Testing

@testable import Redis

@Suite struct CommitRaceTests {
  @Test func `of a hundred rivals for a ticket one wins, and one event says so`() async throws {
    try await withRedis { redis in
      for round in 0..<5 {
        let live = RedisKey("live:\(round)")
        let outcomes = try await race(100) { rival in
          var commit = Commit()
          commit.require(absent: live)
          commit.set(live, .string("order \(rival)"))
          commit.hashSet(RedisKey("order:\(round):\(rival)"), [("status", "created")])
          commit.append(to: RedisKey("created:\(round)"), fields: [("rival", .int(rival))])
          return try await redis.commit(commit)
        }
        let winners = outcomes.filter { if case .applied = $0.value { true } else { false } }.map(\.key)
        #expect(winners.count == 1)
        #expect(outcomes.values.count { $0 == .refused(guard: 0, found: .integer(1)) } == 99)
        #expect(try await redis.get(live)?.string == "order \(winners.first ?? -1)")
        #expect(try await redis.xlen(RedisKey("created:\(round)")) == 1)
        #expect(try await redis.scan(match: "order:\(round):*", count: 1000).keys.count == 1)
      }
    }
  }

  @Test func `edits guarded by a version are all applied, one after the other`() async throws {
    try await withRedis { redis in
      let key = RedisKey("ticket")
      try await redis.hset(key, [("version", 0), ("edits", "")])
      _ = try await race(20) { editor in
        while true {
          let version = try await redis.hgetall(key).int64("version")
          var commit = Commit()
          commit.require(key, field: "version", equals: .integer(version))
          commit.hashSet(key, [("version", .integer(version + 1)), ("by\(editor)", "x")])
          let outcome = try await redis.commit(commit)
          if case .applied = outcome { return outcome }
        }
      }
      #expect(try await redis.hgetall(key).int64("version") == 20)
      #expect(try await redis.hgetall(key).count == 22)
    }
  }

  @Test func `an operation that is sent many times at once happens once, and all learn its first result`() async throws
  {
    try await withRedis { redis in
      let outcomes = try await race(100) { attempt in
        try await redis.commit(Self.operation(result: "result of \(attempt)"))
      }
      let applied = outcomes.filter { if case .applied = $0.value { true } else { false } }.map(\.key)
      #expect(applied.count == 1)
      let first = Array("result of \(applied.first ?? -1)".utf8)
      #expect(outcomes.values.count { $0 == .repeated(fingerprint: "fp", result: first) } == 99)
      #expect(try await redis.get(RedisKey("count"))?.int64 == nil)
      #expect(try await redis.xlen(RedisKey("events")) == 1)
      let expiry = try #require(try await redis.pttl(RedisKey("op:1")))
      #expect((.seconds(30)...(.seconds(60))).contains(expiry))
    }
  }

  @Test func `an operation is repeated even where its guards no longer hold`() async throws {
    try await withRedis { redis in
      var commit = Self.operation(result: "r")
      commit.require(absent: RedisKey("events"))
      let first = try await redis.commit(commit)
      #expect(first != .refused(guard: 0, found: .integer(1)))
      let second = try await redis.commit(commit)
      #expect(second == .repeated(fingerprint: "fp", result: Array("r".utf8)))
    }
  }

  @Test func `a refused operation is not remembered`() async throws {
    try await withRedis { redis in
      var commit = Self.operation(result: "")
      commit.require(present: RedisKey("later"))
      #expect(try await redis.commit(commit) == .refused(guard: 0, found: .integer(0)))
      try await redis.set(RedisKey("later"), "")
      guard case .applied = try await redis.commit(commit) else {
        Issue.record("not applied")
        return
      }
      #expect(try await redis.commit(commit) == .repeated(fingerprint: "fp", result: []))
    }
  }

  @Test func `an operation whose reply is lost is sent again and happens once`() async throws {
    try await withRedisServer { server in
      try await withRedisClient(server) { redis in
        try await redis.ping()
        // Writes wait, so the first attempts are cut off before or after they run.
        _ = try await redis.send(RedisCommand("CLIENT", "PAUSE", 300, "WRITE"))
        async let outcome = redis.commit(Self.operation(result: "r"), timeout: .seconds(20))
        for _ in 0..<3 {
          try await pause(milliseconds: 50)
          _ = try? await redis.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal"))
        }
        switch try await outcome {
        case .applied(let ids): #expect(ids.count == 1)
        case .repeated(let fingerprint, _): #expect(fingerprint == "fp")
        case .refused: Issue.record("refused")
        }
        let length = try await redis.patiently { try await redis.xlen(RedisKey("events")) }
        #expect(length == 1)
      }
    }
  }

  @Test func `an operation survives kill -9 in the middle, and happens once`() async throws {
    try await withRedisServer { server in
      try await withRedisClient(server) { redis in
        try await redis.ping()
        let outcomes = try await withThrowingTaskGroup(of: Void.self) { group in
          for index in 0..<200 {
            group.addTask {
              var commit = Commit()
              commit.operation(key: RedisKey("op:\(index)"), fingerprint: "", result: [], expiry: .seconds(60))
              commit.append(to: RedisKey("events"), fields: [("index", .int(index))])
              while true {
                do {
                  _ = try await redis.commit(commit, timeout: .seconds(20))
                  return
                } catch let error as RedisError where !error.mayHaveRun {
                  try await pause(milliseconds: 5)
                }
              }
            }
          }
          try await server.kill()
          try await server.start()
          try await group.waitForAll()
          return try await redis.patiently { try await redis.xrange(RedisKey("events")) }
        }
        let indexes = try outcomes.map { try $0.fields?.int64("index") ?? -1 }
        #expect(indexes.sorted() == (0..<200).map(Int64.init))
      }
    }
  }

  @Test func `without an operation an unknown outcome is thrown, not tried again`() async throws {
    try await withStubServer({ _ in [] }) { url, _ in
      try await withRedisClient(url: url) { redis in
        try await redis.waitUntilConnected()
        var commit = Commit()
        commit.set(RedisKey("k"), "v")
        let error = await #expect(throws: RedisError.self) {
          try await redis.commit(commit, timeout: .seconds(2))
        }
        #expect(error?.isUnknownOutcome == true)
      }
    }
  }

  @Test func `an outcome that was unknown once stays unknown`() async throws {
    // The first attempt is cut off; after it there is no server that answers.
    try await withStubServer({ request in
      request.connection == 0 ? [[]] : [Array("-LOADING data\r\n".utf8)]
    }) { url, _ in
      try await withRedisClient(url: url, configuration: .oneConnection) { redis in
        try await redis.waitUntilConnected()
        let error = await #expect(throws: RedisError.self) {
          try await redis.commit(Self.operation(result: ""), timeout: .seconds(3))
        }
        #expect(error?.isUnknownOutcome == true, "\(error?.message ?? "")")
      }
    }
  }

  @Test func `scripts are kept by shape, and not without end`() async throws {
    try await withRedis { redis in
      for index in 0..<20 {
        var commit = Commit()
        commit.set(RedisKey("k\(index)"), .int(index))
        _ = try await redis.commit(commit)
      }
      #expect(redis.commitScripts.count == 1)
      for fields in 1...(CommitScriptCache.limit + 10) {
        var commit = Commit()
        commit.hashSet(RedisKey("h"), (0..<fields).map { ("f\($0)", 1) })
        _ = try redis.commitScripts.script(for: commit)
      }
      #expect(redis.commitScripts.count <= CommitScriptCache.limit)
    }
  }

  @Test func `a script's text says what it does, and holds none of the values`() throws {
    var commit = Self.operation(result: "secret result")
    commit.require(RedisKey("ticket:1"), field: "secret field", equals: "secret value")
    commit.hashSet(RedisKey("ticket:1"), [("secret field", "secret value")])
    let text = try commit.scriptText
    #expect(text.hasPrefix("-- Commit"))
    #expect(text.contains("-- KEYS[3]: fieldEquals, hashSet"))
    #expect(text.contains("-- Returns"))
    #expect(!text.contains("secret"))
    #expect(!text.contains("ticket:1"))
  }

  private static func operation(result: String) -> Commit {
    var commit = Commit()
    commit.operation(key: RedisKey("op:1"), fingerprint: "fp", result: Array(result.utf8), expiry: .seconds(60))
    commit.append(to: RedisKey("events"), fields: [("f", "v")])
    return commit
  }

  /// All at once; what became of each.
  private func race(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> CommitOutcome
  ) async throws -> [Int: CommitOutcome] {
    try await withThrowingTaskGroup(of: (Int, CommitOutcome).self) { group in
      for index in 0..<count { group.addTask { (index, try await body(index)) } }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }
}
