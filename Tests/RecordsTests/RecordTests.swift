import Identifiers
import Redis
import RedisTestSupport
import Testing

@testable import Records

/// A record with a field of each kind.
struct Thing: Record, Hashable {
  enum Colour: String { case red, green }

  let id: String
  let name: String
  let count: Int64
  let since: UnixTime
  let colour: Colour
  let other: Colour?
  let note: String?
  let limit: Int64?
  let isOpen: Bool

  static func key(_ id: String) -> RedisKey { RedisKey("{t}:thing:\(id)") }

  static let fields: RecordFields = ["name", "count", "since", "colour", "other", "note", "limit", "open"]

  init(_ stored: StoredRecord, id: String) throws {
    self.id = id
    name = try stored.text("name")
    count = try stored.number("count", absent: 7)
    since = try stored.time("since")
    colour = try stored.word("colour")
    other = try stored.optionalWord("other")
    note = try stored.optionalText("note")
    limit = try stored.optionalNumber("limit")
    isOpen = try stored.flag("open")
  }
}

extension RedisClient {
  static let whole: [(String, RedisArgument)] = [
    ("name", "a"), ("count", 1), ("since", 1_700_000_000_000), ("colour", "red"), ("other", "green"), ("note", "n"),
    ("limit", 5), ("open", 1), ("unknown", "to the reader"),
  ]

  func store(_ id: String, _ fields: [(String, RedisArgument)] = whole) async throws {
    try await del(Thing.key(id))
    try await hset(Thing.key(id), fields)
  }
}

@Suite struct RecordTests {
  @Test func `a record is read by the names of its fields`() async throws {
    try await withRedis { redis in
      #expect(try await redis.read(Thing.self, "a") == nil)
      try await redis.store("a")
      let thing = try #require(try await redis.read(Thing.self, "a"))
      #expect(thing.name == "a" && thing.count == 1 && thing.since == UnixTime(milliseconds: 1_700_000_000_000))
      #expect(thing.colour == .red && thing.other == .green && thing.note == "n" && thing.limit == 5 && thing.isOpen)
    }
  }

  @Test func `fields that records have not always had may be missing`() async throws {
    try await withRedis { redis in
      try await redis.store("a", [("name", ""), ("since", 0), ("colour", "green"), ("note", "")])
      let thing = try #require(try await redis.read(Thing.self, "a"))
      #expect(thing.name == "" && thing.count == 7 && thing.other == nil && thing.note == nil && thing.limit == nil)
      #expect(!thing.isOpen)
    }
  }

  @Test(
    arguments: [
      ("name", nil), ("name", .bytes([0xff])), ("count", "many"), ("count", ""), ("since", nil), ("since", -1),
      ("since", .integer(.max)), ("since", "1.5"), ("colour", nil), ("colour", "blue"), ("other", "blue"),
      ("limit", "none"), ("open", "yes"),
    ] as [(String, RedisArgument?)])
  func `a field that is not what it must be is named`(field: String, value: RedisArgument?) async throws {
    try await withRedis { redis in
      try await redis.store("a", RedisClient.whole.filter { $0.0 != field } + (value.map { [(field, $0)] } ?? []))
      let error = await #expect(throws: MalformedRecord.self) { try await redis.read(Thing.self, "a") }
      #expect(error?.description.contains("{t}:thing:a is malformed: \(field) ") == true)
    }
  }

  @Test func `a list leaves out what is malformed, of another type, or not there`() async throws {
    try await withRedis { redis in
      for id in ["a", "b", "e"] { try await redis.store(id) }
      try await redis.hset(Thing.key("b"), [("colour", "blue")])
      try await redis.set(Thing.key("c"), "text")
      let unreadable = UnreadableRecords(logger: .silent)
      #expect(try await redis.read(Thing.self, ["a", "b", "c", "d", "e"], unreadable).map(\.id) == ["a", "e"])
    }
  }

  @Test func `the time with a record is no later than the record`() async throws {
    try await withRedis { redis in
      let before = try await redis.time()
      let (missing, clock) = try await redis.readWithClock(Thing.self, "a")
      #expect(missing == nil)
      let after = try await redis.time()
      #expect((before...after).contains(clock.reading.milliseconds))
      #expect(clock.now >= clock.reading)
    }
  }
}
