import NIOCore
import Redis
import RedisTestSupport
import Testing

@Suite struct CommitWriteTests {
  @Test func `every kind of write and its event happen in one commit`() async throws {
    try await withRedis { redis in
      try await redis.hset(RedisKey("h"), [("old", "1"), ("gone", "2")])
      try await redis.zadd(RedisKey("z"), [(1, "left")])
      try await redis.set(RedisKey("deleted"), "x")
      try await redis.set(RedisKey("expiring"), "x")
      try await redis.xgroupCreate(RedisKey("in"), group: "g")
      let entry = try await redis.xadd(RedisKey("in"), [("f", "v")])
      _ = try await redis.xreadgroup(group: "g", consumer: "c", [(RedisKey("in"), .new)], count: 1)
      var commit = Commit()
      commit.hashSet(
        RedisKey("h"),
        [
          ("text", "é\r\n\0"), ("max", .integer(.max)), ("min", .integer(.min)), ("bytes", .bytes([0xFF, 0])),
          ("buffer", .buffer(ByteBuffer(string: "b"))),
        ])
      commit.hashDelete(RedisKey("h"), ["gone", "never"])
      commit.set(RedisKey("s"), "v")
      commit.set(RedisKey("t"), "v", expiry: .seconds(100))
      commit.delete(RedisKey("deleted"))
      commit.expire(RedisKey("expiring"), after: .seconds(100))
      commit.sortedSetAdd(RedisKey("z"), score: 9_007_199_254_740_991, member: "big")
      commit.sortedSetAdd(RedisKey("z"), score: -.infinity, member: "low")
      commit.sortedSetAdd(RedisKey("z"), score: 0.1, member: "tenth")
      commit.sortedSetRemove(RedisKey("z"), member: "left")
      commit.acknowledge(RedisKey("in"), group: "g", ids: [entry])
      commit.append(to: RedisKey("out"), fields: [("id", "1"), ("data", .bytes([1, 0, 255]))])
      commit.append(to: RedisKey("out"), fields: [("id", "2")])
      let outcome = try await redis.commit(commit)

      guard case .applied(let ids) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      let entries = try await redis.xrange(RedisKey("out"))
      #expect(entries.map(\.id) == ids)
      #expect(entries.first?.fields?["data"].map(Array.init) == [1, 0, 255])
      let hash = try await redis.hgetall(RedisKey("h"))
      #expect(hash.names == ["old", "text", "max", "min", "bytes", "buffer"])
      #expect(try hash.string("text") == "é\r\n\0")
      #expect(try hash.int64("max") == .max)
      #expect(try hash.int64("min") == .min)
      #expect(hash["bytes"].map(Array.init) == [0xFF, 0])
      #expect(try await redis.get(RedisKey("s"))?.string == "v")
      let rest = try #require(try await redis.pttl(RedisKey("t")))
      #expect((.seconds(50)...(.seconds(100))).contains(rest))
      #expect(try await redis.pttl(RedisKey("expiring")) != nil)
      #expect(try await redis.exists(RedisKey("deleted")) == false)
      let members = try await redis.zrangeWithScores(RedisKey("z"), .rank(0, -1))
      #expect(members.map { $0.member.string } == ["low", "tenth", "big"])
      #expect(members.map(\.score) == [-.infinity, 0.1, 9_007_199_254_740_991])
      #expect(try await redis.xpending(RedisKey("in"), group: "g", count: 10).isEmpty)
    }
  }

  @Test func `a stream that keeps its last entries forgets older ones`() async throws {
    try await withRedis { redis in
      for number in 0..<1000 {
        var commit = Commit()
        commit.hashSet(RedisKey("h"), [("n", .int(number))])
        commit.append(
          to: RedisKey("capped"), keepingLast: 100, fields: [("n", .int(number)), ("twice", .int(2 * number))])
        commit.append(to: RedisKey("out"), fields: [("n", .int(number))])
        guard case .applied(let ids) = try await redis.commit(commit) else {
          Issue.record("refused")
          return
        }
        // Only events have ids in the outcome.
        #expect(ids.count == 1)
      }
      let entries = try await redis.xrange(RedisKey("capped"))
      // Whole nodes of a hundred entries are removed.
      #expect((100...200).contains(entries.count))
      #expect(try entries.last?.fields?.int64("n") == 999)
      #expect(try entries.last?.fields?.int64("twice") == 1998)
      #expect(try await redis.xlen(RedisKey("out")) == 1000)
    }
  }

  @Test func `hundreds of fields fit into one commit`() async throws {
    try await withRedis { redis in
      var commit = Commit()
      commit.hashSet(RedisKey("h"), (0..<1500).map { ("f\($0)", .int($0)) })
      _ = try await redis.commit(commit)
      let hash = try await redis.hgetall(RedisKey("h"))
      #expect(hash.count == 1500)
      #expect(try hash.int64("f1499") == 1499)
    }
  }

  @Test func `what cannot be sent is refused here`() async throws {
    try await withRedis { redis in
      let mistakes: [@Sendable (inout Commit) -> Void] = [
        { $0.sortedSetAdd(RedisKey("z"), score: .nan, member: "m") },
        { $0.set(RedisKey("k"), "v", expiry: .zero) },
        { $0.expire(RedisKey("k"), after: .seconds(-1)) },
        { $0.expire(RedisKey("k"), after: .seconds(Int64.max)) },
        { $0.hashSet(RedisKey("k"), []) },
        { $0.append(to: RedisKey("k"), fields: []) },
        { $0.append(to: RedisKey("k"), keepingLast: 10, fields: []) },
        { $0.append(to: RedisKey("k"), keepingLast: 0, fields: [("f", "v")]) },
        { $0.acknowledge(RedisKey("k"), group: "g", ids: []) },
        { $0.require(RedisKey("k"), field: "f", isOneOf: []) },
        { $0.require(before: .max) },
        { $0.hashSet(RedisKey("h"), (0..<5000).map { ("f\($0)", 1) }) },
        { commit in for index in 0..<300 { commit.set(RedisKey("k\(index)"), "v") } },
        {
          $0.set(RedisKey("k"), "v"); $0.hashSet(RedisKey("k"), [("f", "v")])
        },
        {
          $0.operation(key: RedisKey("o"), fingerprint: "", result: [], expiry: .seconds(1))
          $0.operation(key: RedisKey("p"), fingerprint: "", result: [], expiry: .seconds(1))
        },
      ]
      for (index, mistake) in mistakes.enumerated() {
        var commit = Commit()
        commit.set(RedisKey("written"), "v")
        mistake(&commit)
        let error = await #expect(throws: RedisError.self, "\(index)") { try await redis.commit(commit) }
        #expect(error?.kind == .invalidRequest, "\(index)")
        #expect(error?.mayHaveRun == false)
      }
      let first = try await redis.exists(RedisKey("written"))
      #expect(first == false)
    }
  }

  @Test func `a commit of nothing is applied`() async throws {
    try await withRedis { redis in
      let second = try await redis.commit(Commit())
      #expect(second == .applied(streamIDs: []))
    }
  }

  struct WrongType: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let write: @Sendable (inout Commit) -> Void
  }

  static let wrongTypes = [
    WrongType(testDescription: "HSET", write: { $0.hashSet(RedisKey("list"), [("f", "v")]) }),
    WrongType(testDescription: "HDEL", write: { $0.hashDelete(RedisKey("list"), ["f"]) }),
    WrongType(testDescription: "ZADD", write: { $0.sortedSetAdd(RedisKey("list"), score: 1, member: "m") }),
    WrongType(testDescription: "ZREM", write: { $0.sortedSetRemove(RedisKey("list"), member: "m") }),
    WrongType(testDescription: "XACK", write: { $0.acknowledge(RedisKey("list"), group: "g", ids: ["1-1"]) }),
    WrongType(testDescription: "XADD", write: { $0.append(to: RedisKey("list"), fields: [("f", "v")]) }),
    WrongType(
      testDescription: "XADD MAXLEN",
      write: { $0.append(to: RedisKey("list"), keepingLast: 10, fields: [("f", "v")]) }),
    WrongType(
      testDescription: "operation",
      write: { $0.operation(key: RedisKey("list"), fingerprint: "f", result: [], expiry: .seconds(9)) }),
  ]

  @Test(arguments: wrongTypes)
  func `a written key of another type is found before anything is written`(_ example: WrongType) async throws {
    try await withRedis { redis in
      _ = try await redis.send(RedisCommand("LPUSH", "list", "x"))
      var commit = Commit()
      commit.set(RedisKey("first"), "v")
      commit.append(to: RedisKey("events"), fields: [("f", "v")])
      example.write(&commit)
      let error = await #expect(throws: RedisError.self) { try await redis.commit(commit) }
      #expect(error?.code == "WRONGTYPE")
      #expect(try await redis.send(RedisCommand("DBSIZE")) == .integer(1))
    }
  }

  @Test func `a key may be deleted or overwritten and then be of another type`() async throws {
    try await withRedis { redis in
      _ = try await redis.send(RedisCommand("LPUSH", "a", "x"))
      _ = try await redis.send(RedisCommand("LPUSH", "b", "x"))
      var commit = Commit()
      commit.delete(RedisKey("a"))
      commit.hashSet(RedisKey("a"), [("f", "v")])
      commit.set(RedisKey("b"), "v")
      #expect(try await redis.commit(commit) == .applied(streamIDs: []))
      #expect(try await redis.type(RedisKey("a")) == .hash)
      #expect(try await redis.type(RedisKey("b")) == .string)
    }
  }

  @Test func `a stream that has no ids left lets nothing be written`() async throws {
    try await withRedis { redis in
      let last = "18446744073709551615-18446744073709551615"
      try await redis.xadd(RedisKey("s"), id: last, [("f", "v")])
      var commit = Commit()
      commit.hashSet(RedisKey("h"), [("f", "v")])
      commit.append(to: RedisKey("s"), fields: [("f", "v")])
      let error = await #expect(throws: RedisError.self) { try await redis.commit(commit) }
      #expect(error?.kind == .server)
      #expect(try await redis.exists(RedisKey("h")) == false)
    }
  }

  @Test func `a server that is full writes nothing of a commit`() async throws {
    try await withRedis { redis in
      _ = try await redis.send(RedisCommand("CONFIG", "SET", "maxmemory", 1))
      var commit = Commit()
      commit.hashSet(RedisKey("h"), [("f", "v")])
      commit.sortedSetAdd(RedisKey("z"), score: 1, member: "m")
      commit.append(to: RedisKey("s"), fields: [("f", "v")])
      let error = await #expect(throws: RedisError.self) { try await redis.commit(commit) }
      #expect(error?.code == "OOM")
      #expect(error?.mayHaveRun == false)
      #expect(try await redis.send(RedisCommand("EXISTS", "h", "z", "s")) == .integer(0))
    }
  }
}
