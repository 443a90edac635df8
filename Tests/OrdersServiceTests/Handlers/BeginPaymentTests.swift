import RPC
import Redis
import ServiceHost
import ServiceTestSupport
import Testing
import TicketingProto

@testable import OrdersService

@Suite struct BeginPaymentTests {
  @Test func `only the payments service may call it, and only for the owner`() async throws {
    try await withOrders { orders in
      let order = try await orders.order()
      let request = OrdersV1.BeginPaymentRequest(orderID: order.id, attempt: 1, amountCents: 5000)
      let session = try await orders.service.session("buyer")
      let tickets = try await ServiceCredentials(service: "tickets", keys: orders.service.keys)
        .options(actingFor: "buyer", trace: "", timeout: .seconds(5))
      #expect(
        await failure { try await orders.client.beginPayment(request, options: session) }?.reason == "NOT_PAYMENTS")
      #expect(
        await failure { try await orders.client.beginPayment(request, options: tickets) }?.reason == "NOT_PAYMENTS")
      #expect(await failure { try await orders.client.beginPayment(request) }?.code == .unauthenticated)
      #expect(await failure { try await orders.begin(order.id, 1, for: "other") }?.reason == "NOT_OWNER")
      #expect(await failure { try await orders.begin(order.id, 1, for: nil) }?.reason == "NOT_OWNER")
      #expect(try await orders.get(order.id).status == .created)
    }
  }

  @Test func `a claimed order cannot be cancelled, and the same claim is answered alike`() async throws {
    try await withOrders { orders in
      let order = try await orders.order()
      let claimed = try await orders.begin(order.id, 1)
      #expect(claimed.status == .awaitingPayment && claimed.version == 0)
      #expect(try await orders.begin(order.id, 1) == claimed)
      #expect(await failure { try await orders.cancel(order.id) }?.reason == "PAYMENT_IN_PROGRESS")
      #expect(await failure { try await orders.begin(order.id, 1, 1) }?.reason == "AMOUNT_MISMATCH")
      #expect(try await orders.begin(order.id, 2).status == .awaitingPayment)
      #expect(await failure { try await orders.begin(order.id, 1) }?.reason == "ATTEMPT_OVER")
      // Nobody but the payments service hears of it.
      #expect(try await orders.store.events("order:created").count == 1)
      #expect(try await orders.redis.xlen(OrderKeys.changes) == 2)
    }
  }

  @Test func `a claim after the time is refused for ever`() async throws {
    try await withOrders(window: 1) { orders in
      let order = try await orders.order()
      try await Task.sleep(for: .milliseconds(1005))
      #expect(await failure { try await orders.begin(order.id, 1) }?.reason == "ORDER_EXPIRED")
      if case .tooEarly = try await orders.apply(.timeIsOver, order.id) { Issue.record("its time is not over") }
      #expect(await failure { try await orders.begin(order.id, 1) }?.reason == "ORDER_CANCELLED")
      #expect(try await orders.get(order.id).cancellationReason == .expired)
    }
  }

  @Test func `a paid order is paid`() async throws {
    try await withOrders { orders in
      let order = try await orders.order()
      try await orders.begin(order.id, 1)
      _ = try await orders.apply(.paymentCreated(paymentID: "p", attempt: 1), order.id)
      #expect(await failure { try await orders.begin(order.id, 2) }?.reason == "ORDER_COMPLETE")
      #expect(await failure { try await orders.cancel(order.id) }?.reason == "ORDER_COMPLETE")
      let complete = try await orders.get(order.id)
      #expect(complete.paymentID == "p" && complete.status == .complete && complete.version == 1)
      // Sold for ever.
      let ticket = try #require(order.ticket?.id)
      #expect(await failure { try await orders.create(ticket, by: "other") }?.reason == "TICKET_RESERVED")
      #expect(try await !orders.store.isOpen(order.id))
    }
  }
}
