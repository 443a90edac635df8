import EventBus
import EventBusTestSupport
import Identifiers
import RPC
import Redis
import ServiceTestSupport
import Testing
import TicketingProto

@testable import OrdersService

/// The whole way: from another service's stream, through the subscriber, to what a client sees.
@Suite struct BusTests {
  @Test func `a ticket that is published can be ordered, and a payment that is published completes the order`()
    async throws
  {
    try await withOrders { orders in
      let ticket = ULID().description
      // Overtaken by its own update, as streams have no common order.
      try await orders.publish(
        .ticketUpdated, key: ticket, version: 1,
        TicketsV1.TicketUpdated(id: ticket, title: "Opera", priceCents: 7500, userID: "seller", version: 1))
      try await orders.publish(
        .ticketCreated, key: ticket, version: 0,
        TicketsV1.TicketCreated(id: ticket, title: "Concert", priceCents: 5000, userID: "seller", version: 0))
      let id = try #require(ULID(ticket))
      try await eventually { try await orders.redis.read(OfferedTicket.self, id.description)?.version == 1 }
      let order = try await orders.create(ticket)
      #expect(order.ticket == .init(id: ticket, title: "Opera", priceCents: 7500, reservation: 1))

      try await orders.begin(order.id, 1, 7500)
      let payment = ULID().description
      for _ in 0..<3 {
        try await orders.publish(
          .paymentCreated, key: payment, version: 0,
          PaymentsV1.PaymentCreated(
            id: payment, orderID: order.id, attempt: 1, stripeID: "pi", amountCents: 7500))
      }
      try await eventually { try await orders.get(order.id).status == .complete }
      #expect(try await orders.get(order.id).paymentID == payment)
      #expect(try await orders.store.events("order:completed").count == 1)
    }
  }

  @Test func `a payment of an order that is not here ends where people see it`() async throws {
    try await withOrders { orders in
      let payment = ULID().description
      try await orders.publish(
        .paymentCreated, key: payment, version: 0,
        PaymentsV1.PaymentCreated(
          id: payment, orderID: ULID().description, attempt: 1, stripeID: "pi", amountCents: 7500))
      let dead = Subject.paymentCreated.deadLetters(of: .orders)
      try await eventually { try await orders.redis.xlen(dead) == 1 }
      #expect(try await orders.redis.xrange(dead).first?.fields?.string("key") == payment)
      #expect(try await orders.store.events("refund:requested").isEmpty)
    }
  }
}

extension OrdersUnderTest {
  fileprivate func publish(_ subject: Subject, key: String, version: Int64, _ message: some RPCMessage) async throws {
    let event = try Event(subject, key: key, version: version, at: .now(), trace: "trace", message: message)
    try await redis.xadd(subject.stream, event.fields)
  }
}
