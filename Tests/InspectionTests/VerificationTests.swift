import EventBus
import Identifiers
import Inspection
import Redis
import RedisTestSupport
import Testing
import TicketingProto

/// More than fits in one page; `VerifyTests` breaks a whole platform.
@Suite(.serialized) struct VerificationTests {
  @Test func `a gap is found among thousands`() async throws {
    try await withInspection { stores, redis in
      let ids = try await redis.addTickets(1_300)
      #expect(try await gaps(stores) == [])
      let entries = try await redis.xrange(Subject.ticketCreated.stream)
      _ = try await redis.send(
        RedisCommand("XDEL", .key(Subject.ticketCreated.stream), .string(entries[700].id)))
      #expect(try await gaps(stores) == ["version-gap ticket \(ids[700])"])
    }
  }

  @Test func `events that are older than the retention may be gone`() async throws {
    try await withInspection { stores, redis in
      let now = UnixTime.now().milliseconds
      _ = try await redis.addTickets(2, at: UnixTime(milliseconds: now - 3_600_000))
      try await redis.del(Subject.ticketCreated.stream)
      var settings = VerificationSettings()
      settings.retention = .seconds(1800)
      #expect(try await gaps(stores, settings) == [])
      settings.retention = .seconds(7200)
      #expect(try await gaps(stores, settings).count == 2)
    }
  }

  @Test func `what is no record is told, and is in nobody's way`() async throws {
    try await withInspection { stores, redis in
      try await redis.set(RedisKey("{orders}:order:x"), "no hash")
      try await redis.hset(RedisKey("{tickets}:ticket:\u{1b}"), [("version", "many")])
      try await redis.set(RedisKey("{orders}:live:t"), "nobody")
      let names = try await findings(stores).map { $0.name.rawValue }
      #expect(Set(names).isSuperset(of: ["record-malformed", "live-pointer-stale"]))
      #expect(try await findings(stores).allSatisfy { !$0.text(Style(isColourful: false)).contains("\u{1b}") })
    }
  }

  private func gaps(_ stores: Stores, _ settings: VerificationSettings = VerificationSettings()) async throws
    -> [String]
  {
    try await findings(stores, settings).filter { $0.name == .versionGap || $0.name == .eventDiffers }
      .map { "\($0.name.rawValue) \($0.entity)" }.sorted()
  }

  /// The tickets here are nobody's: that orders does not know them is told too.
  private func findings(
    _ stores: Stores, _ settings: VerificationSettings = VerificationSettings()
  ) async throws -> [Finding] {
    var settings = settings
    settings.settle = .zero
    var findings: [Finding] = []
    _ = try await Verification(stores, settings: settings).run { findings.append($0) }
    return findings
  }
}

extension RedisClient {
  /// Tickets with their events; their ids.
  fileprivate func addTickets(_ count: Int, at time: UnixTime = .now()) async throws -> [String] {
    var commands: [RedisCommand] = []
    var ids: [String] = []
    for number in 0..<count {
      let id = ULID().description
      ids.append(id)
      let event = try Event(
        .ticketCreated, key: id, version: 0, at: time, trace: "",
        message: TicketsV1.TicketCreated(id: id, title: "\(number)", priceCents: 100, userID: "u"))
      commands.append(
        RedisCommand(
          "HSET", .string("{tickets}:ticket:\(id)"), "id", .string(id), "title", .string("\(number)"), "price", 100,
          "userId", "u", "orderId", "", "version", 0, "createdAt", .integer(time.milliseconds), "updatedAt",
          .integer(time.milliseconds)))
      commands.append(
        RedisCommand(
          "XADD",
          arguments: [.key(Subject.ticketCreated.stream), "*"] + event.fields.flatMap { [.string($0.0), $0.1] }))
    }
    _ = try await send(commands)
    return ids
  }
}
