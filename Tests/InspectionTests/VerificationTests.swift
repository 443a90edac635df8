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

  @Test func `a key of another type is told, and is in no other check's way`() async throws {
    try await withInspection { stores, redis in
      try await redis.set(RedisKey("{orders}:user:u"), "no list")
      try await redis.set(RedisKey("{expiration}:due"), "no timers")
      try await redis.set(RedisKey("{payments}:unresolved"), "nothing")
      try await redis.zadd(RedisKey("{tickets}:user:u"), [(0, "nobody's")])
      let found = try await findings(stores)
      let keys = found.filter { $0.name == .recordMalformed }.map(\.entity)
      #expect(Set(keys) == ["key {orders}:user:u", "key {expiration}:due", "key {payments}:unresolved"])
      #expect(found.contains { $0.name == .ticketInForeignList })
    }
  }

  @Test func `an event that was published twice is found among thousands`() async throws {
    try await withInspection { stores, redis in
      let ids = try await redis.addTickets(1_300)
      #expect(try await repetitions(stores) == [])
      let stream = Subject.ticketCreated.stream
      let entries = try await redis.xrange(stream)
      // Once more as it is, and another event of a version that there is.
      let (first, second) = (try #require(entries[700].fields), try #require(entries[900].fields))
      try await redis.xadd(stream, first.map { ($0.name.description, .bytes(Array($0.value))) })
      try await redis.xadd(
        stream,
        second.map { ($0.name.description, $0.name.description == "id" ? "another" : .bytes(Array($0.value))) })
      #expect(
        try await repetitions(stores)
          == [
            "ticket:created id \(first["id"]?.description ?? "")", "ticket:created version 0 \(ids[700])",
            "ticket:created version 0 \(ids[900])",
          ].sorted())
    }
  }

  private func repetitions(_ stores: Stores) async throws -> [String] {
    try await findings(stores).filter { $0.name == .eventPublishedTwice }.map(\.entity).sorted()
  }

  @Test func `an intent that counts for two attempts is found among thousands`() async throws {
    try await withInspection { stores, redis in
      let orders = (0..<1_300).map { _ in ULID().description }
      var commands: [RedisCommand] = []
      for (number, order) in orders.enumerated() {
        commands.append(
          RedisCommand(
            "HSET", .string("{payments}:attempt:\(order):1"), "status", "declined", "stripeId", .string("pi_\(number)"))
        )
      }
      // None has no intent in common.
      for order in orders.prefix(2) {
        commands.append(
          RedisCommand("HSET", .string("{payments}:attempt:\(order):2"), "status", "refused", "stripeId", ""))
      }
      commands.append(
        RedisCommand(
          "HSET", "{payments}:payment:own", "status", "refunded", "orderId", .string(orders[5]), "attempt", 1,
          "stripeId",
          "pi_5"))
      _ = try await redis.send(commands)
      #expect(try await doubles(stores) == [])
      try await redis.hset(RedisKey("{payments}:attempt:\(orders[9]):1"), [("stripeId", "pi_1200")])
      try await redis.hset(
        RedisKey("{payments}:payment:foreign"),
        [("orderId", .string(orders[3])), ("attempt", 1), ("stripeId", "pi_700"), ("status", "refunded")])
      #expect(try await doubles(stores) == ["intent pi_1200", "intent pi_700"])
    }
  }

  private func doubles(_ stores: Stores) async throws -> [String] {
    try await findings(stores).filter { $0.name == .intentCountedTwice }.map(\.entity).sorted()
  }

  @Test func `what is in a list of somebody else's is found`() async throws {
    try await withInspection { stores, redis in
      for (service, kind) in [("orders", "order"), ("tickets", "ticket")] {
        for (id, user) in [("a", "u"), ("b", "v")] {
          try await redis.hset(RedisKey("{\(service)}:\(kind):\(id)"), [("userId", .string(user))])
          try await redis.zadd(RedisKey("{\(service)}:user:\(user)"), [(0, .string(id))])
        }
        try await redis.zadd(RedisKey("{\(service)}:user:u"), [(0, "b"), (0, "gone")])
      }
      let found = try await findings(stores).filter { [.orderInForeignList, .ticketInForeignList].contains($0.name) }
      #expect(Set(found.map(\.entity)) == ["order b", "order gone", "ticket b", "ticket gone"])
      #expect(found.allSatisfy { $0.expected.contains(":user:u,") })
    }
  }

  @Test func `a refund that is not through is told by its name`() async throws {
    try await withInspection { stores, redis in
      let order = ULID().description
      let now = UnixTime.now().milliseconds
      let key = RedisKey("{payments}:attempt:\(order):1")
      try await redis.zadd(RedisKey("{payments}:unresolved"), [(Double(now), .string("\(order):1"))])
      try await redis.hset(key, [("status", "refunding"), ("giveUpAt", .integer(now - 1_800_000))])
      #expect(try await refunds(stores) == [])
      try await redis.hset(key, [("giveUpAt", .integer(now - 7_200_000))])
      #expect(try await refunds(stores) == ["attempt \(order):1"])
      // It is owed only since a moment ago.
      try await redis.zadd(RedisKey("{payments}:owed"), [(Double(now), .string("\(order):1"))])
      #expect(try await refunds(stores) == [])
      try await redis.zadd(RedisKey("{payments}:owed"), [(Double(now - 7_200_000), .string("\(order):1"))])
      #expect(try await refunds(stores) == ["attempt \(order):1"])
    }
  }

  private func refunds(_ stores: Stores) async throws -> [String] {
    try await findings(stores).filter { $0.name == .refundNotThrough }.map(\.entity)
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
        .ticketCreated, key: id, version: 0, at: time,
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
