import RPC
import Redis
import ServiceTestSupport
import Testing
import TicketingProto

@testable import OrdersService

@Suite struct CreateOrderTests {
  @Test func `an order reserves the ticket and publishes it, all in plain fields`() async throws {
    try await withOrders(window: 60) { orders in
      let ticket = try await orders.offer()
      let before = try await orders.redis.time()
      let order = try await orders.create(ticket)
      #expect(order.userID == "buyer" && order.status == .created && order.version == 0)
      #expect(order.ticket == .init(id: ticket, title: "Concert", priceCents: 5000, reservation: 1))
      #expect((before + 60_000...before + 70_000).contains(order.expiresAtTime))
      #expect(try await orders.get(order.id) == order)

      let hash = try await orders.redis.hgetall(RedisKey("{orders}:order:\(order.id)"))
      #expect(try hash.string("status") == "created")
      #expect(try hash.int64("price") == 5000)
      #expect(try hash.int64("expiresAt") == order.expiresAtTime)
      #expect(try hash.int64("attempt") == 0)
      #expect(try await orders.store.live(ticket) == order.id)
      #expect(try await orders.redis.zscore(OrderKeys.open, .string(order.id)) == Double(order.expiresAtTime))

      let entry = try #require(try await orders.store.events("order:created").first)
      #expect(try entry.string("key") == order.id)
      #expect(try entry.int64("version") == 0)
      let event = try #require(entry["data"]).withUnsafeBytes { try OrdersV1.OrderCreated(decoding: $0) }
      #expect(
        event
          == .init(
            id: order.id, userID: "buyer", expiresAtTime: order.expiresAtTime, ticket: order.ticket, version: 0))
    }
  }

  @Test func `two hundred buyers at once: one gets the ticket, the others are told that it is reserved`() async throws {
    try await withOrders { orders in
      let ticket = try await orders.offer()
      let outcomes = await withTaskGroup(of: String.self) { group in
        for number in 0..<200 {
          group.addTask { await failure { try await orders.create(ticket, by: "buyer\(number)") }?.reason ?? "bought" }
        }
        return await group.reduce(into: [String]()) { $0.append($1) }
      }
      #expect(outcomes.filter { $0 == "bought" }.count == 1)
      #expect(outcomes.filter { $0 == "TICKET_RESERVED" }.count == 199)
      #expect(try await orders.store.events("order:created").count == 1)
      #expect(try await orders.redis.zcard(OrderKeys.open) == 1)
    }
  }

  @Test func `a cancelled order gives the ticket to the next buyer`() async throws {
    try await withOrders { orders in
      let first = try await orders.order()
      let ticket = try #require(first.ticket?.id)
      try await orders.cancel(first.id)
      let second = try await orders.create(ticket, by: "other")
      #expect(try await orders.store.live(ticket) == second.id)
      // Cancelling the first again must not free the second one's ticket.
      try await orders.cancel(first.id)
      #expect(try await orders.store.live(ticket) == second.id)
    }
  }

  @Test func `an idempotency key makes one order of many requests at once`() async throws {
    try await withOrders { orders in
      let ticket = try await orders.offer()
      let answers = try await withThrowingTaskGroup(of: OrdersV1.Order.self) { group in
        for _ in 0..<20 { group.addTask { try await orders.create(ticket, key: "k1") } }
        return try await group.reduce(into: [OrdersV1.Order]()) { $0.append($1) }
      }
      #expect(Set(answers).count == 1)
      #expect(try await orders.store.events("order:created").count == 1)
      let other = try await orders.offer()
      #expect(await failure { try await orders.create(other, key: "k1") }?.reason == "IDEMPOTENCY_KEY_REUSED")
      // Another user's keys are another's.
      #expect(try await orders.create(other, by: "other", key: "k1").id != answers[0].id)
    }
  }

  @Test func `a price that changes while orders come in is one that the ticket had`() async throws {
    try await withOrders { orders in
      let id = try await orders.offer(price: 100)
      let change = Task { () async throws -> Void in
        for version in Int64(1)...50 {
          let ticket = OfferedTicket(
            id: id, title: "v\(version)", priceCents: 100 + version, userID: "seller", version: version)
          #expect(try await orders.store.learn(ticket, at: .now()) == .applied)
        }
      }
      for _ in 0..<30 {
        // Lost against too many changes in a row: that may be said, and nothing else.
        guard let order = try await orders.createOrLose(id) else { continue }
        let price = try #require(order.ticket?.priceCents)
        #expect(order.ticket?.title == (price == 100 ? "Concert" : "v\(price - 100)"))
        try await orders.cancel(order.id)
      }
      try await change.value
    }
  }

  @Test func `what cannot be ordered is named`() async throws {
    try await withOrders { orders in
      let ticket = try await orders.offer()
      #expect(await failure { try await orders.client.createOrder(.init(ticketID: ticket)) }?.code == .unauthenticated)
      #expect(await failure { try await orders.create("") }?.violations.map(\.field) == ["ticketId"])
      for id in ["nonsense", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "x\r\nGET", String(repeating: "0", count: 100_000)] {
        #expect(await failure { try await orders.create(id) }?.reason == "TICKET_NOT_FOUND")
      }
      #expect(await failure { try await orders.create(ticket, key: "a b") }?.code == .invalidArgument)
      #expect(try await orders.store.live(ticket) == nil)
    }
  }
}

extension OrdersUnderTest {
  /// nil: ABORTED.
  fileprivate func createOrLose(_ ticket: String) async throws -> OrdersV1.Order? {
    do {
      return try await create(ticket)
    } catch let error as RPCError where error.code == .aborted {
      return nil
    }
  }
}
