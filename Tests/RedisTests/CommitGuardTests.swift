import Redis
import RedisTestSupport
import Testing

@Suite struct CommitGuardTests {
  private static let hash = RedisKey("{t}:hash")
  private static let string = RedisKey("{t}:string")
  private static let number = RedisKey("{t}:number")
  private static let absent = RedisKey("{t}:absent")

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let add: @Sendable (inout Commit) -> Void
    /// nil where the guard holds.
    let found: RESPValue?
  }

  static let cases: [Case] = [
    Case(testDescription: "absent key", add: { $0.require(absent: absent) }, found: nil),
    Case(testDescription: "absent key that is present", add: { $0.require(absent: hash) }, found: .integer(1)),
    Case(testDescription: "present key", add: { $0.require(present: string) }, found: nil),
    Case(testDescription: "present key that is absent", add: { $0.require(present: absent) }, found: .integer(0)),
    Case(testDescription: "field equals", add: { $0.require(hash, field: "version", equals: "3") }, found: nil),
    Case(testDescription: "field equals number", add: { $0.require(hash, field: "version", equals: 3) }, found: nil),
    Case(
      testDescription: "field differs", add: { $0.require(hash, field: "version", equals: "4") },
      found: .bulk(RedisBytes("3"))),
    Case(
      testDescription: "field equals, of another case", add: { $0.require(hash, field: "status", equals: "Created") },
      found: .bulk(RedisBytes("created"))),
    Case(testDescription: "field equals, absent", add: { $0.require(hash, field: "x", equals: "") }, found: .null),
    Case(testDescription: "field equals, no key", add: { $0.require(absent, field: "x", equals: "1") }, found: .null),
    Case(testDescription: "empty field equals", add: { $0.require(hash, field: "empty", equals: "") }, found: nil),
    Case(
      testDescription: "field is one of", add: { $0.require(hash, field: "status", isOneOf: ["x", "created"]) },
      found: nil),
    Case(
      testDescription: "field is none of", add: { $0.require(hash, field: "status", isOneOf: ["x", "y"]) },
      found: .bulk(RedisBytes("created"))),
    Case(testDescription: "field absent", add: { $0.require(hash, fieldAbsent: "x") }, found: nil),
    Case(testDescription: "field absent, no key", add: { $0.require(absent, fieldAbsent: "x") }, found: nil),
    Case(
      testDescription: "field absent, but empty", add: { $0.require(hash, fieldAbsent: "empty") },
      found: .bulk(RedisBytes(""))),
    Case(testDescription: "field present", add: { $0.require(hash, fieldPresent: "empty") }, found: nil),
    Case(testDescription: "field present, absent", add: { $0.require(hash, fieldPresent: "x") }, found: .null),
    Case(testDescription: "string equals", add: { $0.require(string, equals: "9007199254740993") }, found: nil),
    Case(
      testDescription: "string differs in its last digit", add: { $0.require(string, equals: 9_007_199_254_740_992) },
      found: .bulk(RedisBytes("9007199254740993"))),
    Case(testDescription: "field is less", add: { $0.require(hash, field: "version", below: 4) }, found: nil),
    Case(testDescription: "field is less, absent", add: { $0.require(hash, field: "x", below: 0) }, found: nil),
    Case(testDescription: "field is less, no key", add: { $0.require(absent, field: "x", below: 0) }, found: nil),
    Case(
      testDescription: "field is as large", add: { $0.require(hash, field: "version", below: 3) },
      found: .bulk(RedisBytes("3"))),
    Case(
      testDescription: "field is no number", add: { $0.require(hash, field: "status", below: 3) },
      found: .bulk(RedisBytes("created"))),
    Case(testDescription: "string is less", add: { $0.require(number, below: 10) }, found: nil),
    Case(testDescription: "string is less, absent", add: { $0.require(absent, below: 0) }, found: nil),
    Case(
      testDescription: "string is larger", add: { $0.require(number, below: 8) }, found: .bulk(RedisBytes("9"))),
    Case(testDescription: "string equals, absent", add: { $0.require(absent, equals: "x") }, found: .null),
  ]

  @Test(arguments: cases) func `a guard holds or says what it found`(_ example: Case) async throws {
    try await withRedis { redis in
      try await redis.hset(Self.hash, [("version", 3), ("status", "created"), ("empty", "")])
      try await redis.set(Self.string, "9007199254740993")
      try await redis.set(Self.number, "9")
      var commit = Commit()
      commit.require(present: Self.hash)
      example.add(&commit)
      commit.require(present: Self.string)
      commit.set(RedisKey("{t}:done"), "yes")
      let outcome = try await redis.commit(commit)
      let done = try await redis.get(RedisKey("{t}:done"))?.string
      if let found = example.found {
        #expect(outcome == .refused(guard: 1, found: found))
        #expect(done == nil)
      } else {
        #expect(outcome == .applied(streamIDs: []))
        #expect(done == "yes")
      }
    }
  }

  @Test func `time guards compare with the server's clock`() async throws {
    try await withRedis { redis in
      let now = try await redis.time()
      for (before, atOrAfter, refusing) in [
        (now + 60_000, now - 60_000, nil), (now - 1, now - 60_000, 0), (now + 60_000, now + 50_000, 1),
        (now, now, 0), (1 << 53, -(1 << 53), nil),
      ] as [(Int64, Int64, Int?)] {
        var commit = Commit()
        commit.require(before: before)
        commit.require(atOrAfter: atOrAfter)
        commit.set(RedisKey("k"), "v")
        let outcome = try await redis.commit(commit)
        guard let refusing else {
          #expect(outcome == .applied(streamIDs: []))
          continue
        }
        guard case .refused(refusing, .integer(let found)) = outcome else {
          Issue.record("\(outcome)")
          continue
        }
        #expect((now...(now + 30_000)).contains(found))
      }
    }
  }

  @Test func `the first guard that does not hold is the one that is named`() async throws {
    try await withRedis { redis in
      var commit = Commit()
      let first = commit.require(present: RedisKey("a"))
      let second = commit.require(present: RedisKey("b"))
      commit.delete(RedisKey("c"))
      #expect((first, second) == (0, 1))
      #expect(try await redis.commit(commit) == .refused(guard: 0, found: .integer(0)))
      try await redis.set(RedisKey("a"), "")
      #expect(try await redis.commit(commit) == .refused(guard: 1, found: .integer(0)))
      #expect(commit.description(ofGuard: 1) == "b is present")
    }
  }

  @Test func `a guard on a key of another type is an error, and nothing is written`() async throws {
    try await withRedis { redis in
      try await redis.set(RedisKey("text"), "x")
      var commit = Commit()
      commit.require(RedisKey("text"), field: "f", equals: "1")
      commit.set(RedisKey("k"), "v")
      let error = await #expect(throws: RedisError.self) { try await redis.commit(commit) }
      #expect(error?.code == "WRONGTYPE")
      #expect(try await redis.exists(RedisKey("k")) == false)
    }
  }
}
