import RPC
import Redis
import ServiceTestSupport
import Testing
import TicketingProto

@testable import OrdersService

@Suite struct OwnOrdersTests {
  @Test(arguments: ["", "nonsense", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "x\r\nGET"])
  func `an unknown or malformed id is not found`(id: String) async throws {
    try await withOrders { orders in
      #expect(await failure { try await orders.get(id) }?.reason == "ORDER_NOT_FOUND")
      #expect(await failure { try await orders.cancel(id) }?.reason == "ORDER_NOT_FOUND")
      #expect(await failure { try await orders.begin(id, 1) }?.reason == "ORDER_NOT_FOUND")
    }
  }

  @Test func `an order is its owner's alone`() async throws {
    try await withOrders { orders in
      let order = try await orders.order()
      #expect(await failure { try await orders.get(order.id, by: "other") }?.reason == "NOT_OWNER")
      #expect(await failure { try await orders.cancel(order.id, by: "other") }?.reason == "NOT_OWNER")
      #expect(await failure { try await orders.client.getOrder(.init(id: order.id)) }?.code == .unauthenticated)
      #expect(await failure { try await orders.client.cancelOrder(.init(id: order.id)) }?.code == .unauthenticated)
      #expect(await failure { try await orders.client.listOrders(.init()) }?.code == .unauthenticated)
      #expect(try await orders.get(order.id).status == .created)
    }
  }

  @Test func `cancelling twice publishes once`() async throws {
    try await withOrders { orders in
      let order = try await orders.order()
      let cancelled = try await orders.cancel(order.id)
      #expect(cancelled.status == .cancelled && cancelled.version == 1 && cancelled.cancellationReason == .byOwner)
      #expect(try await orders.cancel(order.id) == cancelled)
      let entries = try await orders.store.events("order:cancelled")
      #expect(entries.count == 1)
      let event = try #require(entries.first?["data"]).withUnsafeBytes { try OrdersV1.OrderCancelled(decoding: $0) }
      #expect(
        event
          == .init(
            id: order.id, ticketID: order.ticket?.id ?? "", reason: .byOwner, version: 1, userID: "buyer",
            priceCents: 5000, reservation: 1))
      #expect(try await orders.store.live(order.ticket?.id ?? "") == nil)
      #expect(try await !orders.store.isOpen(order.id))
    }
  }

  @Test func `an order whose live pointer is another's can still be cancelled, and leaves that alone`() async throws {
    try await withOrders { orders in
      let order = try await orders.order()
      let ticket = try #require(order.ticket?.id)
      try await orders.redis.set(OrderKeys.live(ticket), "another")
      #expect(try await orders.cancel(order.id).status == .cancelled)
      #expect(try await orders.store.live(ticket) == "another")
    }
  }

  @Test func `pages go through a user's orders once, newest first, whatever became of them`() async throws {
    try await withOrders { orders in
      var made: [String] = []
      for number in 0..<25 {
        let order = try await orders.order()
        if number.isMultiple(of: 3) { try await orders.cancel(order.id) }
        made.append(order.id)
      }
      _ = try await orders.order(by: "other")
      // Ids of one millisecond have no order among themselves.
      let expected = made.sorted(by: >)
      var seen: [String] = []
      var token = ""
      repeat {
        let page = try await orders.client.listOrders(
          .init(pageSize: 7, pageToken: token), options: orders.service.session("buyer"))
        #expect(page.orders.count <= 7)
        seen += page.orders.map(\.id)
        token = page.nextPageToken
      } while !token.isEmpty
      #expect(seen == expected)
    }
  }

  @Test(arguments: [(Int32(-1), ""), (1, "nonsense"), (1, "+")])
  func `a page that cannot be is refused`(size: Int32, token: String) async throws {
    try await withOrders { orders in
      let session = try await orders.service.session("buyer")
      let refusal = await failure {
        try await orders.client.listOrders(.init(pageSize: size, pageToken: token), options: session)
      }
      #expect(refusal?.code == .invalidArgument)
    }
  }

  @Test(arguments: [
    ("status", "lost"), ("price", "much"), ("attempt", ""), ("expiresAt", "9223372036854775807"), ("expiresAt", "-1"),
    ("version", "9223372036854775808"), ("reason", "mood"), ("expired", "maybe"),
  ])
  func `a malformed record is an error of ours, told from an absent one`(field: String, value: String) async throws {
    try await withOrders { orders in
      let order = try await orders.order()
      try await orders.redis.hset(OrderKeys.order(order.id), [(field, .string(value))])
      #expect(await failure { try await orders.get(order.id) }?.reason == "MALFORMED_RECORD")
      #expect(await failure { try await orders.cancel(order.id) }?.reason == "MALFORMED_RECORD")
      #expect(await failure { try await orders.begin(order.id, 1) }?.reason == "MALFORMED_RECORD")
    }
  }

  @Test(arguments: [1, 2, 1000])
  func `malformed records hide themselves from the list, and only themselves`(size: Int32) async throws {
    let log = LogRecorder()
    try await withOrders(logger: log.logger) { orders in
      var kept: [String] = []
      for number in 0..<6 {
        let order = try await orders.order()
        let key = OrderKeys.order(order.id)
        switch number {
        case 1: try await orders.redis.hset(key, [("price", "much")])
        case 3:
          try await orders.redis.del(key)
          try await orders.redis.set(key, "text")
        default: kept.append(order.id)
        }
      }
      try await orders.redis.zadd(OrderKeys.user("buyer"), [(0, "zzz, which is no id"), (0, .bytes([0xff, 0x80]))])
      let session = try await orders.service.session("buyer")
      for _ in 0..<2 {
        var listed: [String] = []
        var token = ""
        repeat {
          let page = try await orders.client.listOrders(.init(pageSize: size, pageToken: token), options: session)
          listed += page.orders.map(\.id)
          token = page.nextPageToken
        } while !token.isEmpty
        #expect(listed == kept.reversed())
      }
      #expect(log.lines("error a record is malformed").count == 2)
    }
  }

  @Test func `a script that Redis refuses is an error of ours, with its cause in the log`() async throws {
    let log = LogRecorder()
    try await withOrders(logger: log.logger) { orders in
      let ticket = try await orders.offer()
      try await orders.redis.set(OrderKeys.changes, "no stream")
      let refusal = await failure { try await orders.create(ticket) }
      #expect(refusal?.code == .internal)
      #expect(log.lines("error call ended").contains { $0.contains("WRONGTYPE") })
    }
  }

  @Test func `a key of another type is an error of ours`() async throws {
    try await withOrders { orders in
      let order = try await orders.order()
      try await orders.redis.del(OrderKeys.order(order.id))
      try await orders.redis.set(OrderKeys.order(order.id), "text")
      #expect(await failure { try await orders.get(order.id) }?.reason == "MALFORMED_RECORD")
      let ticket = try await orders.offer()
      try await orders.redis.del(OrderKeys.ticket(ticket))
      try await orders.redis.hset(OrderKeys.ticket(ticket), [("version", "many")])
      #expect(await failure { try await orders.create(ticket) }?.reason == "MALFORMED_RECORD")
    }
  }

  @Test func `without its store it says unavailable`() async throws {
    try await withOrders { orders in
      let order = try await orders.order()
      try await orders.service.server.kill()
      #expect(await failure { try await orders.get(order.id) }?.code == .unavailable)
    }
  }
}
