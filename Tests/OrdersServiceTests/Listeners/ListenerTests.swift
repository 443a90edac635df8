import EventBusTestSupport
import Identifiers
import RPC
import Redis
import RedisTestSupport
import Testing
import TicketingProto

@testable import EventBus
@testable import OrdersService

@Suite struct ListenerTests {
  @Test func `the newest of a ticket's events wins, whatever comes first`() async throws {
    try await withOrderStore { store in
      let id = ULID().description
      func updated(_ version: Int64) -> TicketsV1.TicketUpdated {
        .init(
          id: id, title: "v\(version)", priceCents: 100 + version, userID: "seller", orderID: ULID().description,
          version: version)
      }
      let created = TicketsV1.TicketCreated(id: id, title: "v0", priceCents: 100, userID: "seller", version: 0)
      #expect(try await store.hear(.ticketUpdated, updated(1), key: id, version: 1) == .applied)
      #expect(try await store.hear(.ticketCreated, created, key: id, version: 0) == .duplicate)
      #expect(try await store.hear(.ticketUpdated, updated(1), key: id, version: 1) == .duplicate)
      #expect(try await store.hear(.ticketUpdated, updated(8), key: id, version: 8) == .applied)
      #expect(try await store.hear(.ticketUpdated, updated(7), key: id, version: 7) == .duplicate)
      let ulid = try #require(ULID(id))
      let known = try await store.offered(ulid).ticket
      #expect(known == .init(id: id, title: "v8", priceCents: 108, userID: "seller", version: 8))
      let hash = try await store.redis.hgetall(RedisKey("{orders}:ticket:\(id)"))
      #expect(try hash.string("title") == "v8" && hash.int64("price") == 108)
    }
  }

  @Test func `orders of a ticket are counted, and what is heard of the ticket leaves the count`() async throws {
    try await withOrderStore { store in
      let first = try await store.order(window: .zero)
      #expect(first.reservation == 1)
      #expect(try await store.expirationComplete(first.id) == .applied)
      let edited = OfferedTicket(id: first.ticketID, title: "x", priceCents: 7, userID: "seller", version: 9)
      #expect(try await store.learn(edited, at: .now()) == .applied)
      let ulid = try #require(ULID(first.ticketID))
      let (ticket, now) = try await store.offered(ulid)
      #expect(ticket.reservations == 1)
      let second = Order.reserving(
        ticket, as: ULID().description, for: "buyer", window: .seconds(9), at: now)
      #expect(try await store.create(second, of: ticket, mark: nil, answer: [], trace: "") != nil)
      #expect(try await store.read(second.id).reservation == 2)
      let events = try await store.events("order:created").compactMap { $0["data"] }
        .map { try $0.withUnsafeBytes { try OrdersV1.OrderCreated(decoding: $0) } }
      #expect(events.map(\.ticket?.reservation) == [1, 2])
      // Another that was decided from the same look.
      try await store.redis.del(OrderKeys.live(ticket.id))
      let late = Order.reserving(ticket, as: ULID().description, for: "buyer", window: .seconds(9), at: now)
      #expect(try await store.create(late, of: ticket, mark: nil, answer: [], trace: "") == nil)
    }
  }

  @Test func `an event whose key or version is not its message's is malformed`() async throws {
    try await withOrderStore { store in
      let id = ULID().description
      let created = TicketsV1.TicketCreated(id: id, title: "x", priceCents: 1, userID: "s", version: 0)
      let odd = TicketsV1.TicketCreated(id: "a b", title: "x", priceCents: 1, userID: "s", version: 0)
      await #expect(throws: MalformedEvent.self) {
        try await store.hear(.ticketCreated, created, key: id, version: 5)
      }
      await #expect(throws: MalformedEvent.self) {
        try await store.hear(.ticketCreated, created, key: "other", version: 0)
      }
      await #expect(throws: MalformedEvent.self) {
        try await store.hear(.ticketCreated, odd, key: "a b", version: 0)
      }
    }
  }

  @Test func `an event of an order that is not here fails, which people see in the end`() async throws {
    try await withOrderStore { (store) async throws -> Void in
      let id = ULID().description
      await #expect(throws: UnknownOrder.self) { try await store.expirationComplete(id) }
      await #expect(throws: UnknownOrder.self) { try await store.paid(id, 1, by: ULID().description) }
      await #expect(throws: UnknownOrder.self) { try await store.declined(id, 1) }
      await #expect(throws: UnknownOrder.self) { try await store.abandoned(id, 1) }
      #expect(try await store.redis.xlen(RedisKey("{orders}:events:refund:requested")) == 0)
      await #expect(throws: MalformedEvent.self) { try await store.expirationComplete("nonsense") }
      await #expect(throws: MalformedEvent.self) { try await store.paid(id, 1, by: "nonsense") }
    }
  }

  @Test func `an order expires when its time is over, and not before`() async throws {
    try await withOrderStore { store in
      let soon = try await store.order(window: .seconds(4))
      guard case .later(let rest) = try await store.expirationComplete(soon.id) else {
        Issue.record("it does not wait for its time")
        return
      }
      #expect(rest > .zero && rest <= .seconds(4))
      // So far ahead no clock may be; the sweeper looks after it.
      let later = try await store.order()
      #expect(try await store.expirationComplete(later.id) == .duplicate)
      #expect(try await store.read(later.id).status == .created)
      let over = try await store.order(window: .zero)
      #expect(try await store.expirationComplete(over.id) == .applied)
      #expect(try await store.expirationComplete(over.id) == .duplicate)
      #expect(try await store.read(over.id).reason == .expired)
      #expect(try await store.live(over.ticketID) == nil)
      #expect(try await store.events("order:cancelled").count == 1)
      let event = try #require(try await store.events("order:cancelled").first?["data"])
        .withUnsafeBytes { try OrdersV1.OrderCancelled(decoding: $0) }
      #expect(event.reason == .expired)
    }
  }

  @Test func `time that is over during a payment is noted, and a decline cancels then`() async throws {
    try await withOrderStore { store in
      let order = try await store.order()
      try await store.begin(order.id, 1)
      try await store.letTimePass(order.id)
      #expect(try await store.expirationComplete(order.id) == .applied)
      #expect(try await store.redis.hget(OrderKeys.order(order.id), "expired")?.string == "1")
      #expect(try await store.expirationComplete(order.id) == .duplicate)
      #expect(try await store.declined(order.id, 1) == .applied)
      #expect(try await store.declined(order.id, 1) == .duplicate)
      let after = try await store.read(order.id)
      #expect(after.reason == .expired && after.isOverdue)
    }
  }

  @Test func `a declined order can be paid by the next attempt`() async throws {
    try await withOrderStore { store in
      let order = try await store.order()
      try await store.begin(order.id, 1)
      #expect(try await store.declined(order.id, 1) == .applied)
      #expect(try await store.read(order.id).status == .created)
      try await store.begin(order.id, 2)
      #expect(try await store.declined(order.id, 1) == .duplicate)
      let payment = ULID().description
      #expect(try await store.paid(order.id, 2, by: payment) == .applied)
      #expect(try await store.paid(order.id, 2, by: payment) == .duplicate)
      let entries = try await store.events("order:completed")
      #expect(entries.count == 1)
      let event = try #require(entries.first?["data"]).withUnsafeBytes { try OrdersV1.OrderCompleted(decoding: $0) }
      #expect(
        event == .init(id: order.id, ticketID: order.ticketID, paymentID: payment, version: 1, reservation: 1))
      #expect(try await store.live(order.ticketID) == order.id)
    }
  }

  @Test func `an abandoned payment cancels, and should it come after all it is given back once`() async throws {
    try await withOrderStore { store in
      let order = try await store.order()
      try await store.begin(order.id, 1)
      #expect(try await store.abandoned(order.id, 1) == .applied)
      #expect(try await store.abandoned(order.id, 1) == .duplicate)
      #expect(try await store.read(order.id).reason == .paymentAbandoned)
      let payment = ULID().description
      #expect(try await store.paid(order.id, 1, by: payment) == .applied)
      #expect(try await store.paid(order.id, 1, by: payment) == .duplicate)
      let entries = try await store.events("refund:requested")
      #expect(entries.count == 1)
      #expect(try entries.first?.string("key") == payment && entries.first?.int64("version") == 0)
      let event = try #require(entries.first?["data"]).withUnsafeBytes { try OrdersV1.RefundRequested(decoding: $0) }
      #expect(event == .init(paymentID: payment, orderID: order.id, attempt: 1))
    }
  }

  @Test func `all events twice and in any order leave the same`() async throws {
    try await withOrderStore { store in
      for _ in 0..<40 {
        let order = try await store.order()
        try await store.begin(order.id, 1)
        let payment = ULID().description
        let events: [@Sendable () async throws -> EventOutcome] = [
          { try await store.paid(order.id, 1, by: payment) }, { try await store.expirationComplete(order.id) },
          { try await store.declined(order.id, 2) }, { try await store.declined(order.id, 3) },
        ]
        try await withThrowingTaskGroup(of: Void.self) { group in
          for event in (events + events).shuffled() { group.addTask { _ = try await event() } }
          try await group.waitForAll()
        }
        let end = try await store.read(order.id)
        #expect(end.status == .complete && end.paymentID == payment && end.version == 1)
      }
      #expect(try await store.events("order:completed").count == 40)
      #expect(try await store.events("refund:requested").isEmpty)
    }
  }

  @Test func `a malformed record fails the event, which the bus gives up on in the end`() async throws {
    try await withOrderStore { store in
      let order = try await store.order()
      try await store.redis.hset(OrderKeys.order(order.id), [("attempt", "some")])
      await #expect(throws: (any Error).self) { try await store.declined(order.id, 1) }
      let id = ULID().description
      try await store.redis.hset(OrderKeys.ticket(id), [("version", "some")])
      await #expect(throws: (any Error).self) {
        try await store.hear(
          .ticketCreated, TicketsV1.TicketCreated(id: id, title: "x", priceCents: 1, userID: "s"), key: id, version: 0)
      }
    }
  }
}

extension OrderStore {
  fileprivate func begin(_ id: String, _ attempt: Int64) async throws {
    let trigger = OrderTrigger.beginPayment(attempt: attempt, amountCents: 5000, by: "buyer")
    _ = try await apply(trigger, to: try #require(ULID(id)), trace: "")
  }

  fileprivate func expirationComplete(_ id: String) async throws -> EventOutcome {
    try await hear(.expirationComplete, ExpirationV1.ExpirationComplete(orderID: id), key: id, version: 0)
  }

  fileprivate func paid(_ id: String, _ attempt: Int64, by payment: String) async throws -> EventOutcome {
    let event = PaymentsV1.PaymentCreated(
      id: payment, orderID: id, attempt: attempt, stripeID: "pi_1", amountCents: 5000)
    return try await hear(.paymentCreated, event, key: payment, version: 0)
  }

  fileprivate func declined(_ id: String, _ attempt: Int64) async throws -> EventOutcome {
    let event = PaymentsV1.PaymentDeclined(orderID: id, attempt: attempt, reason: "card_declined")
    return try await hear(.paymentDeclined, event, key: "\(id):\(attempt)", version: 0)
  }

  fileprivate func abandoned(_ id: String, _ attempt: Int64) async throws -> EventOutcome {
    let event = PaymentsV1.PaymentAbandoned(orderID: id, attempt: attempt)
    return try await hear(.paymentAbandoned, event, key: "\(id):\(attempt)", version: 0)
  }

  /// Publishes an event as its publisher does, and gives what is in the stream to the listener.
  @discardableResult
  func hear(_ subject: Subject, _ message: some RPCMessage, key: String, version: Int64) async throws -> EventOutcome {
    let event = try Event(subject, key: key, version: version, at: .now(), trace: "trace", message: message)
    let id = try await redis.xadd(subject.stream, event.fields)
    let entry = try #require(try await redis.xrange(subject.stream, from: id, to: id).first?.fields)
    let listeners: [Listener] = [
      .ticketCreated(self), .ticketUpdated(self), .expirationComplete(self), .paymentCreated(self),
      .paymentDeclined(self), .paymentAbandoned(self), .paymentReversed(self),
    ]
    let listener = try #require(listeners.first { $0.subject == subject })
    return try await listener.apply(Delivery(entry, subject: subject))
  }
}
