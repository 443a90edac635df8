import EventBus
import EventBusTestSupport
import Identifiers
import NIOCore
import Redis
import RedisTestSupport
import Testing

/// Entries that can never be applied go to the dead letters, and nothing waits behind them.
@Suite(.serialized) struct PoisonTests {
  struct Poison: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var subject = Subject.orderCreated
    let fields: @Sendable () throws -> [(String, RedisArgument)]
  }

  /// A good event's fields, with some of them changed.
  private static func poison(
    _ name: String, _ changes: [String: RedisArgument?],
    of event: @escaping @Sendable () throws -> Event = {
      try .created("poison")
    }
  ) -> Poison {
    Poison(testDescription: name) {
      try event().fields.compactMap { field, value in
        guard let change = changes[field] else { return (field, value) }
        return change.map { (field, $0) }
      }
    }
  }

  private static let megabyte = RedisArgument.bytes([UInt8](repeating: 0xFF, count: 1 << 20))

  static let malformed: [Poison] = [
    poison("no data", ["data": nil]),
    poison("garbage", ["data": .bytes([0xFF, 0xFF, 0xFF, 0xFF])]),
    poison("a megabyte of garbage", ["data": megabyte]),
    poison("a key of a megabyte", ["key": .string(String(repeating: "k", count: 1 << 20))]),
    poison("a key that is not UTF-8", ["key": .bytes([0xC3, 0x28])]),
    poison("no version", ["version": nil]),
    poison("a version that is no number", ["version": "five"]),
    poison("a version below 0", ["version": "-1"]),
    poison("the greatest version", ["version": .integer(.max)]),
    poison("a version beyond Int64", ["version": "9223372036854775808"]),
    poison("a time beyond all times", ["at": .integer(.max)]),
    Poison(testDescription: "not an event") { [("x", "y")] },
    Poison(testDescription: "thousands of fields") { (0..<9000).map { ("f\($0)", "v") } },
  ]

  @Test(arguments: malformed)
  func `it is a dead letter at once, and the next event does not wait for it`(_ poison: Poison) async throws {
    try await check(poison, .forTests())
  }

  private func check(_ poison: Poison, _ settings: SubscriberSettings) async throws {
    try await withRedis { redis in
      let ledger = OrderLedger(redis)
      try await redis.publish(.created("good"))
      try await Subscriber(ledger.listeners, on: redis, settings).running {
        try await eventually("it runs") { try await ledger.holds(["good 0"]) }
        let fields = try poison.fields()
        let source = try await redis.xadd(poison.subject.stream, fields)
        try await redis.publish(.created("next"))
        try await eventually("the next is applied") {
          try await ledger.holds(["good 0", "next 0"])
        }
        try await eventually("it is a dead letter") {
          try await redis.deadLetters(poison.subject, of: .tickets).count == 1
        }
        try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
        let letters = try await redis.deadLetters(poison.subject, of: .tickets)
        let letter = try #require(letters.first?.fields)
        for (name, value) in fields.prefix(500) where name != "id" && name != "at" {
          #expect(letter[name].map { String(decoding: $0, as: UTF8.self) } == value.text, "\(name)")
        }
        #expect(letter["source"]?.string == source)
        #expect(letter["reason"].map { (1...500).contains($0.count) } == true)
        #expect(letter["deliveries"]?.int64.map { $0 >= 1 } == true)
      }
      #expect(try await ledger.holds(["good 0", "next 0"]))
    }
  }

  @Test func `fields that are added later do no harm`() async throws {
    try await withRedis { redis in
      let ledger = OrderLedger(redis)
      try await redis.xadd(Subject.orderCreated.stream, Event.created("a").fields + [("subject", "unheard:of")])
      try await Subscriber(ledger.listeners, on: redis).running {
        try await eventually("it is applied") { try await ledger.holds(["a 0"]) }
      }
    }
  }

  @Test func `an event whose listener always fails is tried as often as allowed`() async throws {
    try await withRedis { redis in
      let ledger = OrderLedger(redis) { header in
        if header.key == "bad" { throw Broken() }
      }
      let settings = SubscriberSettings.forTests { $0.maximumDeliveries = 3 }
      try await redis.publish(.created("bad"), .created("good"))
      try await Subscriber(ledger.listeners, on: redis, settings).running {
        try await eventually("the other is applied") { try await ledger.holds(["good 0"]) }
        try await eventually("it is a dead letter") {
          try await redis.deadLetters(.orderCreated, of: .tickets).count == 1
        }
        try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
      }
      let letter = try #require(try await redis.deadLetters(.orderCreated, of: .tickets).first?.fields)
      #expect(letter["deliveries"]?.int64 == 3)
      #expect(letter["reason"]?.count == 500)
      #expect(ledger.attempts(at: "bad", 0) == 3)
    }
  }

  @Test func `entries that make too large a reply together are read in smaller batches`() async throws {
    try await withLimitedReplies { redis in
      let ledger = OrderLedger(redis)
      let user = String(repeating: "u", count: 10_000)
      for number in 0..<64 { try await redis.publish(.created("order-\(number)", user: user)) }
      try await Subscriber(ledger.listeners, on: redis).running {
        try await eventually("all is applied") { try await ledger.changes.count == 64 }
        try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
      }
    }
  }

  @Test func `an entry that is too large to be read is given up unread`() async throws {
    try await withLimitedReplies { redis in
      let ledger = OrderLedger(redis)
      try await redis.publish(.created("before"))
      try await redis.publish(.created("large", user: String(repeating: "u", count: 200_000)))
      try await redis.publish(.created("after"))
      try await Subscriber(ledger.listeners, on: redis).running {
        try await eventually("the others are applied") { try await ledger.holds(["before 0", "after 0"]) }
        try await eventually("all is acknowledged") { try await redis.areOrdersFinished(by: .tickets) }
      }
      #expect(try await redis.xlen(Subject.orderCreated.deadLetters(of: .tickets)) == 1)
    }
  }

  private func withLimitedReplies(_ body: (RedisClient) async throws -> Void) async throws {
    var configuration = RedisClient.Configuration.forTests
    configuration.replyLimits.replyBytes = 100_000
    try await withRedisServer { server in
      try await withRedisClient(server, configuration: configuration, body)
    }
  }
}

private struct Broken: Error, CustomStringConvertible {
  let description = String(repeating: "b", count: 10_000)
}
