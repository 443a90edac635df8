import Identifiers
import RPC
import ServiceTestSupport
import Testing
import TicketingProto

@testable import OrdersService

@Suite struct SeenOfferHandlerTests {
  @Test func `an offer that is no longer as it was seen is refused with what it is now`() async throws {
    try await withOrders { orders in
      let ticket = try await orders.offer(price: 1000)
      try await orders.edit(ticket, to: 9900, version: 1)
      let refusal = try #require(await failure { try await orders.create(ticket, seeing: 1000, 0) })
      #expect(refusal.code == .failedPrecondition && refusal.reason == "PRICE_CHANGED")
      #expect(refusal.details == ["price_cents": 9900, "version": 1])
      #expect(await failure { try await orders.create(ticket, seeing: 1000, nil) }?.reason == "PRICE_CHANGED")
      #expect(await failure { try await orders.create(ticket, seeing: 0, 0) }?.reason == "PRICE_CHANGED")
      #expect(try await orders.store.live(ticket) == nil)
      #expect(try await orders.create(ticket, seeing: 9900, 1).ticket?.priceCents == 9900)
    }
  }

  @Test func `what was seen before orders has heard of it is waited for`() async throws {
    try await withOrders { orders in
      let ticket = try await orders.offer(price: 1000)
      async let order = orders.create(ticket, seeing: 9900, 1)
      // Time to look at the old copy.
      try await Task.sleep(for: .milliseconds(100))
      try await orders.edit(ticket, to: 9900, version: 1)
      #expect(try await order.ticket?.priceCents == 9900)
    }
  }

  @Test func `what orders does not hear of is not sold at the old price`() async throws {
    try await withOrders { orders in
      let ticket = try await orders.offer(price: 1000)
      let refusal = try #require(await failure { try await orders.create(ticket, seeing: 1000, 1) })
      #expect(refusal.code == .unavailable && refusal.reason == "TICKET_TOO_NEW" && refusal.retryAfter != nil)
      #expect(try await orders.store.live(ticket) == nil)
    }
  }

  @Test func `nobody orders their own ticket`() async throws {
    try await withOrders { orders in
      let ticket = try await orders.offer()
      #expect(await failure { try await orders.create(ticket, by: "seller") }?.reason == "OWN_TICKET")
      #expect(try await orders.store.live(ticket) == nil)
    }
  }

  @Test func `the same request again gets its answer, whatever the price is by then`() async throws {
    try await withOrders { orders in
      let ticket = try await orders.offer(price: 1000)
      let order = try await orders.create(ticket, seeing: 1000, 0, key: "k")
      try await orders.cancel(order.id)
      try await orders.edit(ticket, to: 9900, version: 3)
      #expect(try await orders.create(ticket, seeing: 1000, 0, key: "k").id == order.id)
      for (price, version) in [(9900, 3), (1000, nil), (0, nil)] as [(Int64, Int64?)] {
        #expect(
          await failure { try await orders.create(ticket, seeing: price, version, key: "k") }?.reason
            == "IDEMPOTENCY_KEY_REUSED")
      }
    }
  }

  @Test func `raced against an edit, nobody pays another price than they saw`() async throws {
    try await withOrders { orders in
      for _ in 0..<200 {
        let ticket = try await orders.offer(price: 1000)
        async let edit: Void = orders.edit(ticket, to: 9900, version: 1)
        let outcome = try await orders.createOrRefusal(ticket, seeing: 1000, 0)
        _ = try await edit
        switch outcome {
        case .success(let order): #expect(order.ticket?.priceCents == 1000)
        case .failure(let refusal):
          #expect(refusal.reason == "PRICE_CHANGED")
          #expect(refusal.details["price_cents"] == 9900)
        }
      }
    }
  }
}

extension OrdersUnderTest {
  fileprivate func create(
    _ ticket: String, seeing price: Int64, _ version: Int64?, key: String = ""
  ) async throws -> OrdersV1.Order {
    let request = OrdersV1.CreateOrderRequest(
      ticketID: ticket, idempotencyKey: key, seenPriceCents: price, seen: version.map { .seenVersion($0) })
    return try #require(try await client.createOrder(request, options: service.session("buyer")).order)
  }

  fileprivate func createOrRefusal(
    _ ticket: String, seeing price: Int64, _ version: Int64
  ) async throws -> Result<OrdersV1.Order, RPCError> {
    do {
      return .success(try await create(ticket, seeing: price, version))
    } catch let error as RPCError {
      return .failure(error)
    }
  }

  /// As the tickets service tells of its seller's edit.
  fileprivate func edit(_ ticket: String, to cents: Int64, version: Int64) async throws {
    let edited = OfferedTicket(
      id: ticket, title: "Concert", priceCents: cents, userID: "seller", version: version, editVersion: version)
    #expect(try await store.learn(edited, at: .now()) == .applied)
  }
}
