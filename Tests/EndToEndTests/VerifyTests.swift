import Foundation
import ProcessTestSupport
import Testing

/// `ticketing verify` on a platform that works, and on one that somebody broke with redis-cli.
@Suite(.serialized) struct VerifyTests {
  @Test func `a healthy platform is told to be healthy, also while people buy`() async throws {
    try await withUp(["EXPIRATION_WINDOW_SECONDS": "3"]) { purchase, redis in
      let buyers = purchase
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for buyer in 0..<4 {
          group.addTask {
            try await Self.buy(12, as: buyer, buyers)
            return true
          }
        }
        // As often as it fits in.
        group.addTask {
          repeat {
            let (status, output) = try await verify(redis)
            #expect(status == 0, "\(output)")
          } while !Task.isCancelled
          return false
        }
        var buying = 4
        while buying > 0, let isBuyer = try await group.next() { buying -= isBuyer ? 1 : 0 }
        group.cancelAll()
      }
      let (status, output) = try await verify(redis)
      #expect(status == 0)
      #expect(output.contains("healthy: orders 48,"), "\(output)")
    }
  }

  /// What somebody does with redis-cli, and the name by which it is told.
  struct Breakage: Sendable, CustomTestStringConvertible {
    let name: String
    let plant: @Sendable (Scene) async throws -> Void

    var testDescription: String { name }
  }

  /// One order is complete, another waits to be paid, and a third is cancelled.
  struct Scene {
    let redis: Int
    let soldTicket: String
    let openOrder: String
    let cancelledOrder: String

    /// The processor's, of the payment that there is.
    func intent() async throws -> String {
      let keys = try await cli("KEYS", "{payments}:payment:*").split(separator: "\n").map(String.init)
      return try await cli("HGET", try #require(keys.first), "stripeId").filter { !$0.isWhitespace }
    }

    func cli(_ words: String...) async throws -> String { try await redisCLI(["-p", "\(redis)"] + words) }
  }

  static let breakages = [
    Breakage(name: "second-live-order") { scene in
      _ = try await scene.cli("HSET", "{orders}:order:\(scene.cancelledOrder)", "status", "created")
    },
    Breakage(name: "version-gap") { scene in
      let entry = try await scene.cli("XRANGE", "{tickets}:events:ticket:updated", "-", "+", "COUNT", "1")
      let id = try #require(entry.split(separator: "\n").first.map(String.init))
      _ = try await scene.cli("XDEL", "{tickets}:events:ticket:updated", id)
    },
    Breakage(name: "charge-without-order") { scene in
      _ = try await scene.cli(
        "XADD", "{payments}:sandbox:ledger", "*", "kind", "charge", "intent", "pi_x", "order", scene.cancelledOrder,
        "attempt", "1", "amount", "5000")
    },
    Breakage(name: "timer-missing") { scene in
      _ = try await scene.cli("ZREM", "{expiration}:due", scene.openOrder)
    },
    Breakage(name: "orders-replica-differs") { scene in
      _ = try await scene.cli("HSET", "{orders}:ticket:\(scene.soldTicket)", "price", "1")
    },
    Breakage(name: "payments-replica-differs") { scene in
      _ = try await scene.cli("HSET", "{payments}:order:\(scene.openOrder)", "price", "1")
    },
    Breakage(name: "complete-order-without-charge") { scene in
      _ = try await scene.cli("XTRIM", "{payments}:sandbox:ledger", "MAXLEN", "0")
      // The ledger is there, but has nothing of the order.
      _ = try await scene.cli(
        "XADD", "{payments}:sandbox:ledger", "*", "kind", "refund", "order", "none", "attempt", "1", "amount", "1")
    },
    Breakage(name: "event-differs") { scene in
      _ = try await scene.cli("HSET", "{tickets}:ticket:\(scene.soldTicket)", "title", "\u{1b}[31mfree")
    },
    Breakage(name: "reversal-not-noted") { scene in
      let payments = try await scene.cli("KEYS", "{payments}:payment:*").split(separator: "\n").map(String.init)
      for payment in payments { _ = try await scene.cli("HSET", payment, "reversal", "refunded") }
    },
    Breakage(name: "payment-unresolved") { scene in
      let attempts = try await scene.cli("KEYS", "{payments}:attempt:*").split(separator: "\n").map(String.init)
      for attempt in attempts { _ = try await scene.cli("HSET", attempt, "status", "unsettled") }
    },
    Breakage(name: "intent-counted-twice") { scene in
      _ = try await scene.cli(
        "HSET", "{payments}:attempt:\(scene.openOrder):1", "status", "declined", "stripeId", try await scene.intent())
    },
    Breakage(name: "event-published-twice") { scene in
      _ = try await scene.cli(
        "EVAL",
        """
        local entry=redis.call('XRANGE',KEYS[1],'-','+','COUNT',1)[1]
        return redis.call('XADD',KEYS[1],'*',unpack(entry[2]))
        """, "1", "{orders}:events:order:completed")
    },
    Breakage(name: "order-in-foreign-list") { scene in
      _ = try await scene.cli("ZADD", "{orders}:user:01M85V6PDF3A7BFXWR3KTP0RGH", "0", scene.openOrder)
    },
    Breakage(name: "ticket-in-foreign-list") { scene in
      _ = try await scene.cli("ZADD", "{tickets}:user:01M85V6PDF3A7BFXWR3KTP0RGH", "0", scene.soldTicket)
    },
    Breakage(name: "refund-not-through") { scene in
      let attempt = "\(scene.openOrder):1"
      _ = try await scene.cli("HSET", "{payments}:attempt:\(attempt)", "status", "refunding", "giveUpAt", "1000")
      // Far enough for nobody to look at it meanwhile.
      _ = try await scene.cli("ZADD", "{payments}:unresolved", "9000000000000", attempt)
    },
    Breakage(name: "dead-letters") { scene in
      _ = try await scene.cli("XADD", "{orders}:events:order:created:dead:tickets-service", "*", "id", "x")
    },
  ]

  @Test(arguments: breakages)
  func `what somebody broke is told by its name`(_ breakage: Breakage) async throws {
    try await withUp { purchase, redis in
      let scene = try await Self.scene(&purchase, redis)
      #expect(try await verify(redis).status == 0)
      try await breakage.plant(scene)
      let (status, output) = try await verify(redis, "--settle", "1", "--json")
      #expect(status == 1)
      let names = output.split(separator: "\n").compactMap { line in
        (try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])?["finding"]
      }
      #expect(names.contains(breakage.name), "\(output)")
      #expect(!output.contains("\u{1b}"))
    }
  }

  @Test func `where Redis is away, that is said in one sentence`() async throws {
    for command in [["verify"], ["events", "groups"], ["order", "01M85HBNA6GP3XPYP0XAFJKQHY"]] {
      let process = try RunningProcess(ticketing, command, environment: ["REDIS_URL": "redis://127.0.0.1:1"])
      #expect(await process.exitStatus() == 69)
      #expect(process.output.hasPrefix("ticketing: Redis does not answer"))
      #expect(process.output.split(separator: "\n").count == 1)
    }
  }

  @Test func `an order's story tells its events, its payment and its charge`() async throws {
    try await withUp { purchase, redis in
      let ticket = try await purchase.sell("Opera, row 1")
      let order = try await purchase.order(ticket)
      _ = try await purchase.pay(order)
      try await purchase.waitFor(order, "complete")
      let story = try await inspect(redis, "order", order)
      #expect(story.status == 0)
      for word in ["order:created", "payment:created", "attempt begins", "charge", "order:completed", "{orders}:live"] {
        #expect(story.output.contains(word), "\(word) is missing in \(story.output)")
      }
      #expect(!story.output.contains("tok_visa"))
      #expect(try await inspect(redis, "ticket", ticket).output.contains(order))
      #expect(try await inspect(redis, "order", "01M85HBNA6GP3XPYP0XAFJKQHY").status == 1)
      #expect(try await inspect(redis, "order", "x").status == 64)
    }
  }

  private static func scene(_ purchase: inout Purchase, _ redis: Int) async throws -> Scene {
    let ticket = try await purchase.sell()
    let cancelled = try await purchase.order(ticket)
    #expect(try await purchase.buyer.send("DELETE", "/api/orders/\(cancelled)").status == 204)
    let paid = try await purchase.order(ticket)
    _ = try await purchase.pay(paid)
    try await purchase.waitFor(paid, "complete")
    let open = try await purchase.order(try await purchase.sell("Opera"))
    return Scene(redis: redis, soldTicket: ticket, openOrder: open, cancelledOrder: cancelled)
  }

  /// A third is paid, a third cancelled, a third left to expire.
  private static func buy(_ count: Int, as number: Int, _ purchase: Purchase) async throws {
    var purchase = purchase
    for round in 0..<count {
      let order = try await purchase.order(try await purchase.sell("Ticket \(number).\(round)"))
      switch round % 3 {
      case 0: _ = try await purchase.pay(order)
      case 1: _ = try await purchase.buyer.send("DELETE", "/api/orders/\(order)")
      default: break
      }
    }
  }
}

/// A command that looks into the platform with this Redis: its exit status and all that it said.
func inspect(_ redis: Int, _ words: String...) async throws -> (status: Int32, output: String) {
  try await inspect(redis, words)
}

private func inspect(_ redis: Int, _ words: [String]) async throws -> (status: Int32, output: String) {
  let process = try RunningProcess(ticketing, words, environment: ["REDIS_URL": "redis://127.0.0.1:\(redis)"])
  return (await process.exitStatus(), process.output)
}

private func verify(_ redis: Int, _ options: String...) async throws -> (status: Int32, output: String) {
  try await inspect(redis, ["verify"] + options)
}
