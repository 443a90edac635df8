import Identifiers
import RPC
import Redis
import RedisTestSupport
import Testing
import TicketingProto

@testable import EventBus
@testable import OrdersService

@Suite struct ListenerTests {
  @Test func `a ticket's events are applied once and in their order`() async throws {
    try await withOrderStore { store in
      let id = ULID().description
      func updated(_ version: Int64) -> TicketsV1.TicketUpdated {
        .init(
          id: id, title: "v\(version)", priceCents: 100 + version, userID: "seller", orderID: "o", version: version)
      }
      let created = TicketsV1.TicketCreated(id: id, title: "v0", priceCents: 100, userID: "seller", version: 0)
      #expect(try await store.hear(.ticketUpdated, updated(1), key: id, version: 1) == .gap)
      #expect(try await store.hear(.ticketCreated, created, key: id, version: 0) == .applied)
      #expect(try await store.hear(.ticketCreated, created, key: id, version: 0) == .duplicate)
      #expect(try await store.hear(.ticketUpdated, updated(2), key: id, version: 2) == .gap)
      #expect(try await store.hear(.ticketUpdated, updated(1), key: id, version: 1) == .applied)
      #expect(try await store.hear(.ticketUpdated, updated(2), key: id, version: 2) == .applied)
      #expect(try await store.hear(.ticketUpdated, updated(1), key: id, version: 1) == .duplicate)
      #expect(try await store.hear(.ticketUpdated, updated(8), key: id, version: 8) == .gap)
      let last = OfferedTicket(id: id, title: "last", priceCents: 1, userID: "seller", version: .max)
      #expect(try await store.learn(last, at: .now()) == .gap)
      let ulid = try #require(ULID(id))
      let known = try #require(try await store.ticketAndTime(ulid)).ticket
      #expect(known == .init(id: id, title: "v2", priceCents: 102, userID: "seller", version: 2))
      let hash = try await store.redis.hgetall(RedisKey("{orders}:ticket:\(id)"))
      #expect(try hash.string("title") == "v2" && hash.int64("price") == 102)
    }
  }

  @Test func `an event whose key or version is not its message's is malformed`() async throws {
    try await withOrderStore { store in
      let id = ULID().description
      let created = TicketsV1.TicketCreated(id: id, title: "x", priceCents: 1, userID: "s", version: 0)
      await #expect(throws: MalformedEvent.self) {
        try await store.hear(.ticketCreated, created, key: id, version: 5)
      }
      await #expect(throws: MalformedEvent.self) {
        try await store.hear(.ticketCreated, created, key: "other", version: 0)
      }
      await #expect(throws: MalformedEvent.self) {
        try await store.hear(.ticketCreated, TicketsV1.TicketCreated(id: "a b"), key: "a b", version: 0)
      }
    }
  }

  @Test func `an event of an order that is not here waits for it`() async throws {
    try await withOrderStore { (store) async throws -> Void in
      let id = ULID().description
      #expect(try await store.expirationComplete(id) == .gap)
      #expect(try await store.paid(id, 1, by: ULID().description) == .gap)
      #expect(try await store.declined(id, 1) == .gap)
      #expect(try await store.abandoned(id, 1) == .gap)
      #expect(try await store.redis.xlen(RedisKey("{orders}:events:refund:requested")) == 0)
      await #expect(throws: MalformedEvent.self) { try await store.expirationComplete("nonsense") }
      await #expect(throws: MalformedEvent.self) { try await store.paid(id, 1, by: "nonsense") }
    }
  }

  @Test func `an order expires when its time is over, and not before`() async throws {
    try await withOrderStore { store in
      let later = try await store.order()
      #expect(try await store.expirationComplete(later.id) == .gap)
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
      #expect(event == .init(id: order.id, ticketID: order.ticketID, paymentID: payment, version: 1))
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
        let events: [@Sendable () async throws -> Application] = [
          { try await store.paid(order.id, 1, by: payment) }, { try await store.expirationComplete(order.id) },
          { try await store.declined(order.id, 2) }, { try await store.abandoned(order.id, 0) },
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
        try await store.hear(.ticketCreated, TicketsV1.TicketCreated(id: id), key: id, version: 0)
      }
    }
  }
}

extension OrderStore {
  fileprivate func begin(_ id: String, _ attempt: Int64) async throws {
    let trigger = OrderTrigger.beginPayment(attempt: attempt, amountCents: 5000, by: "buyer")
    _ = try await apply(trigger, to: try #require(ULID(id)), trace: "")
  }

  fileprivate func expirationComplete(_ id: String) async throws -> Application {
    try await hear(.expirationComplete, ExpirationV1.ExpirationComplete(orderID: id), key: id, version: 0)
  }

  fileprivate func paid(_ id: String, _ attempt: Int64, by payment: String) async throws -> Application {
    let event = PaymentsV1.PaymentCreated(
      id: payment, orderID: id, attempt: attempt, stripeID: "pi_1", amountCents: 5000)
    return try await hear(.paymentCreated, event, key: payment, version: 0)
  }

  fileprivate func declined(_ id: String, _ attempt: Int64) async throws -> Application {
    let event = PaymentsV1.PaymentDeclined(orderID: id, attempt: attempt, reason: "card_declined")
    return try await hear(.paymentDeclined, event, key: "\(id):\(attempt)", version: 0)
  }

  fileprivate func abandoned(_ id: String, _ attempt: Int64) async throws -> Application {
    let event = PaymentsV1.PaymentAbandoned(orderID: id, attempt: attempt)
    return try await hear(.paymentAbandoned, event, key: "\(id):\(attempt)", version: 0)
  }

  /// Publishes an event as its publisher does, and gives what is in the stream to the listener.
  @discardableResult
  func hear(_ subject: Subject, _ message: some RPCMessage, key: String, version: Int64) async throws -> Application {
    let event = try Event(subject, key: key, version: version, at: .now(), trace: "trace", message: message)
    let id = try await redis.xadd(subject.stream, event.fields)
    let entry = try #require(try await redis.xrange(subject.stream, from: id, to: id).first?.fields)
    let listener = try #require(OrdersListeners(store: self).all.first { $0.subject == subject })
    return try await listener.apply(Delivery(entry, subject: subject))
  }
}
