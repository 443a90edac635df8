import Redis
import RedisTestSupport
import Testing

@Suite struct CommandTests {
  @Test func `strings, their conditions and their expiry`() async throws {
    try await withRedis { redis in
      let key = RedisKey("k")
      let missing = try await redis.get(key)
      #expect(missing == nil)
      #expect(try await redis.set(key, "a", when: .ifPresent) == false)
      #expect(try await redis.set(key, "a", expiry: .seconds(100), when: .ifAbsent))
      #expect(try await redis.set(key, "b", when: .ifAbsent) == false)
      #expect(try await redis.get(key)?.string == "a")
      #expect(try await redis.pttl(key) != nil)
      #expect(try await redis.incr(RedisKey("n")) == 1)
      #expect(try await redis.incr(RedisKey("n"), by: .max - 1) == .max)
      let error = await #expect(throws: RedisError.self) { try await redis.incr(RedisKey("n")) }
      #expect(error?.code == "ERR")
      await #expect(throws: RedisError.self) { try await redis.set(key, "a", expiry: .zero) }
    }
  }

  @Test func `keys of all kinds`() async throws {
    try await withRedis { redis in
      let key = RedisKey("k")
      let before = try await redis.type(key)
      #expect(before == .none)
      #expect(try await redis.exists(key) == false)
      #expect(try await redis.pexpire(key, after: .seconds(1)) == false)
      try await redis.set(key, "v")
      #expect(try await redis.type(key) == .string)
      #expect(try await redis.pexpire(key, after: .microseconds(1)))
      while try await redis.exists(key) { try await pause(milliseconds: 1) }
      for index in 0..<50 { try await redis.set(RedisKey("scan:\(index)"), "v") }
      var found: Set<RedisKey> = []
      var cursor = "0"
      repeat {
        let step = try await redis.scan(cursor: cursor, match: "scan:*", count: 7)
        found.formUnion(step.keys)
        cursor = step.cursor
      } while cursor != "0"
      #expect(found.count == 50)
      #expect(try await redis.del(RedisKey("scan:1"), RedisKey("scan:2"), RedisKey("none")) == 2)
    }
  }

  @Test func `hashes keep the order of their fields`() async throws {
    try await withRedis { redis in
      let key = RedisKey("h")
      let none = try await redis.hgetall(key)
      #expect(none.isEmpty)
      #expect(try await redis.hset(key, [("id", "1"), ("price", 1250), ("note", .bytes([0xFF]))]) == 3)
      let hash = try await redis.hgetall(key)
      #expect(hash.names == ["id", "price", "note"])
      #expect(try hash.int64("price") == 1250)
      #expect(throws: RedisError.self) { try hash.string("missing") }
      #expect(throws: RedisError.self) { try hash.string("note") }
      #expect(throws: RedisError.self) { try hash.int64("note") }
      #expect(try await redis.hget(key, "id")?.string == "1")
      #expect(try await redis.hmget(key, ["note", "x", "id"]).map { $0?.count } == [1, nil, 1])
      #expect(try await redis.hdel(key, ["note", "x"]) == 1)
    }
  }

  @Test func `sorted sets by rank, score and name, both ways`() async throws {
    try await withRedis { redis in
      let key = RedisKey("z")
      let added = try await redis.zadd(key, [(1, "a"), (2, "b"), (3, "c"), (1_700_000_000_123, "d")])
      #expect(added == 4)
      #expect(try await redis.zcard(key) == 4)
      #expect(try await redis.zscore(key, "d") == 1_700_000_000_123)
      #expect(try await redis.zscore(key, "x") == nil)
      for (range, reversed, limit, expected) in [
        (.rank(0, -1), false, nil, "abcd"), (.rank(0, 1), true, nil, "dc"), (.score("(1", "3"), false, nil, "bc"),
        (.score("-inf", "+inf"), true, (1, 2), "cb"), (.score("5", "6"), false, nil, ""),
      ] as [(SortedSetRange, Bool, (offset: Int, count: Int)?, String)] {
        let members = try await redis.zrange(key, range, reversed: reversed, limit: limit)
        #expect(members.map(\.description).joined() == expected)
      }
      try await redis.zadd(RedisKey("l"), [(0, "a"), (0, "b"), (0, "c")])
      #expect(try await redis.zrange(RedisKey("l"), .lexicographic("(a", "+"), limit: (0, 1)).map(\.string) == ["b"])
      #expect(try await redis.zrange(RedisKey("l"), .lexicographic("-", "[b"), reversed: true).count == 2)
      #expect(try await redis.zrem(key, ["a", "x"]) == 1)
      await #expect(throws: RedisError.self) { try await redis.zadd(key, [(.nan, "n")]) }
    }
  }

  @Test func `streams are appended to, read both ways and trimmed`() async throws {
    try await withRedis { redis in
      let key = RedisKey("s")
      var ids: [String] = []
      for index in 0..<5 { ids.append(try await redis.xadd(key, [("n", .int(index)), ("data", .bytes([0, 255]))])) }
      #expect(try await redis.xlen(key) == 5)
      #expect(try await redis.xrange(key, from: "(" + ids[1], count: 2).map(\.id) == [ids[2], ids[3]])
      #expect(try await redis.xrevrange(key, count: 1).first?.fields?.int64("n") == 4)
      #expect(try await redis.xtrim(key, minID: ids[3]) == 3)
      let info = try await redis.xinfoStream(key)
      #expect(info.length == 2)
      #expect(info.firstEntry?.id == ids[3])
      #expect(info.lastGeneratedID == ids[4])
      #expect(try await redis.xadd(RedisKey("t"), id: "5-1", [("f", "v")]) == "5-1")
    }
  }

  @Test func `groups read, acknowledge, show what is pending and take it over`() async throws {
    try await withRedis { redis in
      let key = RedisKey("s")
      let error = await #expect(throws: RedisError.self) {
        _ = try await redis.xreadgroup(group: "g", consumer: "a", [(key, .new)], count: 1)
      }
      #expect(error?.code == "NOGROUP")
      #expect(try await redis.xgroupCreate(key, group: "g"))
      #expect(try await redis.xgroupCreate(key, group: "g") == false)
      var ids: [String] = []
      for index in 0..<4 { ids.append(try await redis.xadd(key, [("n", .int(index))])) }
      let read = try await redis.xreadgroup(group: "g", consumer: "a", [(key, .new)], count: 3)
      #expect(read.first?.entries.map(\.id) == Array(ids[..<3]))
      #expect(try await redis.xack(key, group: "g", [ids[0]]) == 1)
      #expect(try await redis.xack(key, group: "g", []) == 0)
      // The second entry is deleted while it is pending.
      _ = try await redis.send(RedisCommand("XDEL", "s", .string(ids[1])))
      let own = try await redis.xreadgroup(group: "g", consumer: "a", [(key, .pending(after: "0"))], count: 9)
      #expect(own.first?.entries.map { $0.fields == nil } == [true, false])
      let pending = try await redis.xpending(key, group: "g", consumer: "a", count: 10)
      #expect(pending.map(\.id) == [ids[1], ids[2]])
      #expect(pending.map(\.deliveries) == [1, 2])
      var claimed = try await redis.xautoclaim(key, group: "g", consumer: "b", idle: .seconds(100))
      #expect(claimed.entries.isEmpty)
      #expect(claimed.deletedIDs == [ids[1]])
      claimed = try await redis.xautoclaim(key, group: "g", consumer: "b", idle: .milliseconds(1))
      #expect(claimed.entries.map(\.id) == [ids[2]])
      #expect(claimed.next == "0-0")
      let group = try #require(try await redis.xinfoGroups(key).first)
      #expect((group.name, group.pending, group.lastDeliveredID) == ("g", 1, ids[2]))
    }
  }

  @Test func `the server tells of itself`() async throws {
    try await withRedis { redis in
      let mode = try await redis.info("server")["redis_mode"]
      #expect(mode == "standalone")
      #expect(try await redis.configGet("appendonly") == ["appendonly": "yes"])
      #expect(try await redis.aclWhoAmI() == "default")
      #expect(try await redis.time() > 1_700_000_000_000)
    }
  }

  @Test func `a pipeline's replies are in order, errors among them`() async throws {
    try await withRedis { redis in
      let replies = try await redis.send([
        RedisCommand("SET", "k", "v"), RedisCommand("HGET", "k", "f"), RedisCommand("GET", "k"),
      ])
      #expect(replies.count == 3)
      #expect(replies[0] == .simple("OK"))
      guard case .error(let text) = replies[1] else {
        Issue.record("\(replies[1])")
        return
      }
      #expect(text.hasPrefix("WRONGTYPE"))
      #expect(replies[2] == .bulk(RedisBytes("v")))
      let none = try await redis.send([RedisCommand]())
      #expect(none.isEmpty)
    }
  }
}
