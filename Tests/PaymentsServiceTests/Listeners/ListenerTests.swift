import EventBusTestSupport
import Identifiers
import RPC
import Redis
import ServiceTestSupport
import Testing
import TicketingProto

@testable import EventBus
@testable import PaymentsService

@Suite struct ListenerTests {
  @Test func `an order is payable from its creation to its cancellation, each applied once and in order`() async throws
  {
    try await withPayments { payments in
      let (order, ticket) = (payments.orders.add(), ULID().description)
      let created = OrdersV1.OrderCreated(
        id: order, userID: "buyer", expiresAtTime: 1, ticket: .init(id: ticket, title: "Concert", priceCents: 700),
        version: 0)
      let cancelled = OrdersV1.OrderCancelled(
        id: order, ticketID: ticket, reason: .byOwner, version: 1, userID: "buyer", priceCents: 700)

      #expect(try await payments.deliver(.orderCreated, created, key: order) == .applied)
      #expect(try await payments.deliver(.orderCreated, created, key: order) == .duplicate)
      let replica = try #require(try await payments.parts.store.order(order))
      #expect(replica == PayableOrder(id: order, userID: "buyer", priceCents: 700))

      #expect(try await payments.deliver(.orderCancelled, cancelled, key: order, version: 1) == .applied)
      #expect(try await payments.deliver(.orderCancelled, cancelled, key: order, version: 1) == .duplicate)
      #expect(try await payments.deliver(.orderCreated, created, key: order) == .duplicate)
      #expect(await failure { try await payments.pay(order) }?.reason == "ORDER_CANCELLED")
    }
  }

  @Test func `an order whose cancellation comes first can never be paid`() async throws {
    try await withPayments { payments in
      let (order, ticket) = (payments.orders.add(), ULID().description)
      let cancelled = OrdersV1.OrderCancelled(
        id: order, ticketID: ticket, reason: .byOwner, version: 1, userID: "buyer", priceCents: 700)
      let created = OrdersV1.OrderCreated(
        id: order, userID: "buyer", expiresAtTime: 1, ticket: .init(id: ticket, title: "Concert", priceCents: 700),
        version: 0)
      #expect(try await payments.deliver(.orderCancelled, cancelled, key: order, version: 1) == .applied)
      #expect(try await payments.deliver(.orderCreated, created, key: order) == .duplicate)
      let known = try #require(try await payments.parts.store.order(order))
      #expect(known.status == .cancelled && known.userID == "buyer" && known.priceCents == 700)
      #expect(await failure { try await payments.pay(order) }?.reason == "ORDER_CANCELLED")
    }
  }

  @Test func `an order that was asked for and is told of later stays as it is`() async throws {
    try await withPayments { payments in
      let (order, ticket) = (payments.orders.add(), ULID().description)
      let payment = try await payments.pay(order)
      let created = OrdersV1.OrderCreated(
        id: order, userID: "buyer", expiresAtTime: 1, ticket: .init(id: ticket, title: "Concert", priceCents: 5000),
        version: 0)
      #expect(try await payments.deliver(.orderCreated, created, key: order) == .duplicate)
      #expect(try await payments.pay(order) == payment)
    }
  }

  @Test func `a refund that is asked for many times at once happens once`() async throws {
    try await withPayments { payments in
      let order = payments.orders.add()
      let payment = try await payments.pay(order)
      let request = OrdersV1.RefundRequested(paymentID: payment.id, orderID: order, attempt: 1)
      let outcomes = try await withThrowingTaskGroup(of: EventOutcome.self) { group in
        for _ in 0..<10 {
          group.addTask { try await payments.deliver(.refundRequested, request, key: payment.id) }
        }
        return try await group.reduce(into: [EventOutcome]()) { $0.append($1) }
      }
      #expect(outcomes.count { $0 == .applied } == 1)
      #expect(try await payments.settled(order).status == .refunded)
      #expect(try await payments.deliver(.refundRequested, request, key: payment.id) == .duplicate)
      #expect(try await payments.ledger() == ["charge \(order) 5000", "refund \(order) 5000"])
      let refunded = try await payments.events(.paymentReversed)
      #expect(refunded.count == 1)
      #expect(try refunded.first?.int64("version") == 1)
      #expect(try await payments.redis.hgetall(PaymentKeys.payment(payment.id)).string("status") == "refunded")
    }
  }

  @Test func `a refund of what is not there fails, and one that fits nothing is malformed`() async throws {
    try await withPayments { payments in
      let (order, payment) = (payments.orders.add(), ULID().description)
      let request = OrdersV1.RefundRequested(paymentID: payment, orderID: order, attempt: 1)
      await #expect(throws: UnknownPayment.self) {
        try await payments.deliver(.refundRequested, request, key: payment)
      }
      _ = try await payments.pay(order)
      let bad: [OrdersV1.RefundRequested] = [
        request, .init(paymentID: payment, orderID: "x", attempt: 1), .init(paymentID: payment, orderID: order),
        .init(paymentID: "p", orderID: order, attempt: 1),
      ]
      for bad in bad {
        await #expect(throws: MalformedEvent.self) {
          try await payments.deliver(.refundRequested, bad, key: payment)
        }
      }
      #expect(try await payments.ledger() == ["charge \(order) 5000"])
    }
  }
}

extension PaymentsUnderTest {
  /// Hands an event to the service's listener, as the bus does.
  func deliver(
    _ subject: Subject, _ message: some RPCMessage, key: String, version: Int64 = 0
  ) async throws -> EventOutcome {
    let listener = try #require(parts.listeners.first { $0.subject == subject })
    let stream = RedisKey("{test}:\(ULID())")
    let event = try Event(subject, key: key, version: version, at: .now(), trace: "", message: message)
    try await redis.xadd(stream, event.fields)
    let fields = try #require(try await redis.xrange(stream).first?.fields)
    return try await listener.apply(Delivery(fields, subject: subject))
  }
}
