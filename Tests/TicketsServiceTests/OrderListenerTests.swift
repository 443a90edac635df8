import EventBusTestSupport
import EventMessages
import Identifiers
import Money
import RPC
import Records
import Redis
import ServiceTestSupport
import Testing
import TicketingProto

@testable import EventBus
@testable import TicketsService

/// The tickets service, and the events of orders as the bus brings them.
private struct Stage: Sendable {
  let tickets: TicketsV1.TicketsServiceClient
  let service: ServiceUnderTest
  let store: TicketStore

  func sell() async throws -> String {
    try #require(
      try await tickets.createTicket(.init(title: "Concert", priceCents: 5000), options: service.session("seller"))
        .ticket
    ).id
  }

  /// `order` is the `reservation`th of the ticket.
  @discardableResult
  func created(_ order: String, _ ticket: String, _ reservation: Int64 = 1) async throws -> EventOutcome {
    try await store.apply(
      .created, of: order, OrderMark(reservation: reservation, version: 0), to: ticket, trace: "t")
  }

  @discardableResult
  func cancelled(_ order: String, _ ticket: String, _ reservation: Int64 = 1) async throws -> EventOutcome {
    try await store.apply(
      .cancelled, of: order, OrderMark(reservation: reservation, version: 1), to: ticket, trace: "t")
  }

  @discardableResult
  func completed(_ order: String, _ ticket: String, _ reservation: Int64 = 1) async throws -> EventOutcome {
    try await store.apply(
      .completed, of: order, OrderMark(reservation: reservation, version: 1), to: ticket, trace: "t")
  }

  func read(_ id: String) async throws -> TicketsV1.Ticket {
    try #require(try await tickets.getTicket(.init(id: id)).ticket)
  }

  func listed() async throws -> [String] { try await tickets.listTickets(.init()).tickets.map(\.id) }

  /// Order and version of each ticket:updated, in order.
  func updates() async throws -> [String] {
    try await service.redis.xrange(Subject.ticketUpdated.stream).compactMap(\.fields).map { fields in
      let data = try #require(fields["data"])
      let event = try data.withUnsafeBytes { try TicketsV1.TicketUpdated(decoding: $0) }
      return "\(try fields.int64("version")) \(event.orderID)"
    }
  }
}

private func withStage(_ body: @Sendable @escaping (Stage) async throws -> Void) async throws {
  try await withService({ redis, _ in
    .tickets(redis: redis, bus: .forTests(redis), limits: PriceLimits(.usd), logger: .silent)
  }) { service in
    try await body(
      Stage(
        tickets: TicketsV1.TicketsServiceClient(service.channel), service: service,
        store: TicketStore(redis: service.redis, unreadable: UnreadableRecords(logger: .silent))))
  }
}

@Suite struct OrderListenerTests {
  @Test func `an order takes a ticket off the list, its end puts it back`() async throws {
    try await withStage { stage in
      let ticket = try await stage.sell()
      #expect(try await stage.created("o", ticket) == .applied)
      #expect(try await stage.read(ticket).orderID == "o")
      #expect(try await stage.read(ticket).version == 1)
      #expect(try await stage.listed().isEmpty)
      #expect(try await stage.service.redis.zcard(TicketKeys.available) == 0)
      let edit = TicketsV1.UpdateTicketRequest(id: ticket, title: "Opera", priceCents: 100)
      let owner = try await stage.service.session("seller")
      #expect(await failure { try await stage.tickets.updateTicket(edit, options: owner) }?.reason == "TICKET_RESERVED")

      #expect(try await stage.cancelled("o", ticket) == .applied)
      #expect(try await stage.read(ticket).orderID.isEmpty)
      #expect(try await stage.listed() == [ticket])
      #expect(try await stage.updates() == ["1 o", "2 "])
      #expect(try await stage.tickets.updateTicket(edit, options: owner).ticket?.version == 3)
    }
  }

  @Test func `a paid order makes its ticket sold, which is no new version`() async throws {
    try await withStage { stage in
      let ticket = try await stage.sell()
      #expect(try await stage.created("o", ticket) == .applied)
      #expect(try await !stage.read(ticket).sold)
      #expect(try await stage.completed("o", ticket) == .applied)
      #expect(try await stage.completed("o", ticket) == .duplicate)
      let sold = try await stage.read(ticket)
      #expect(sold.sold && sold.orderID == "o" && sold.version == 1)
      #expect(try await stage.updates() == ["1 o"])
      #expect(try await stage.listed().isEmpty)
    }
  }

  @Test func `the later order wins, whatever comes first, and all of it again changes nothing`() async throws {
    try await withStage { stage in
      let ticket = try await stage.sell()
      #expect(try await stage.created("a", ticket, 1) == .applied)
      // Orders has given the ticket to another buyer, and the news comes before the end of the first order.
      #expect(try await stage.created("b", ticket, 2) == .applied)
      #expect(try await stage.read(ticket).orderID == "b")
      #expect(try await stage.cancelled("a", ticket, 1) == .duplicate)
      // The third order is over before anything is heard of it, or of the end of the second.
      #expect(try await stage.cancelled("c", ticket, 3) == .applied)
      #expect(try await stage.listed() == [ticket])
      for _ in 0..<3 {
        #expect(try await stage.created("a", ticket, 1) == .duplicate)
        #expect(try await stage.cancelled("b", ticket, 2) == .duplicate)
        #expect(try await stage.created("c", ticket, 3) == .duplicate)
        #expect(try await stage.cancelled("c", ticket, 3) == .duplicate)
      }
      #expect(try await stage.completed("d", ticket, 4) == .applied)
      #expect(try await stage.created("d", ticket, 4) == .duplicate)
      let sold = try await stage.read(ticket)
      #expect(sold.sold && sold.orderID == "d")
      #expect(try await stage.updates() == ["1 a", "2 b", "3 ", "4 d"])
    }
  }

  @Test func `whatever order events come in, two processes come to the same`() async throws {
    try await withStage { stage in
      for _ in 0..<20 {
        let ticket = try await stage.sell()
        let orders = 1...6 as ClosedRange<Int64>
        try await withThrowingTaskGroup(of: Void.self) { group in
          for order in (Array(orders) + orders).shuffled() {
            group.addTask { try await stage.created("\(order)", ticket, order) }
            if order < 6 { group.addTask { try await stage.cancelled("\(order)", ticket, order) } }
          }
          try await group.waitForAll()
        }
        #expect(try await stage.read(ticket).orderID == "6")
        #expect(try await !stage.listed().contains(ticket))
      }
    }
  }

  @Test func `an order of a ticket that is not here fails, which people see in the end`() async throws {
    try await withStage { stage in
      await #expect(throws: UnknownTicket.self) { try await stage.created("a", "unknown") }
    }
  }

  @Test func `one event delivered many times at once is applied once`() async throws {
    try await withStage { stage in
      let ticket = try await stage.sell()
      let applications = try await withThrowingTaskGroup(of: EventOutcome.self) { group in
        for _ in 0..<50 { group.addTask { try await stage.created("o", ticket) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(applications.count { $0 == .applied } == 1)
      #expect(applications.count { $0 == .duplicate } == 49)
      #expect(try await stage.updates() == ["1 o"])
    }
  }

  @Test func `edits raced against reservations leave no version out`() async throws {
    try await withStage { stage in
      let ticket = try await stage.sell()
      let owner = try await stage.service.session("seller")
      let edits = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 1...20 {
          group.addTask {
            let edit = TicketsV1.UpdateTicketRequest(
              id: ticket, title: "Concert \(number)", priceCents: 100 + Int64(number))
            let refusal = await failure { try await stage.tickets.updateTicket(edit, options: owner) }
            if let refusal { #expect(["TICKET_RESERVED", "CONCURRENT_UPDATE"].contains(refusal.reason)) }
            return refusal == nil ? 1 : 0
          }
        }
        group.addTask {
          for order in 1...10 as ClosedRange<Int64> {
            while try await stage.created("\(order)", ticket, order) != .applied {}
            while try await stage.cancelled("\(order)", ticket, order) != .applied {}
          }
          return 20
        }
        return try await group.reduce(0, +)
      }
      #expect(try await stage.read(ticket).version == Int64(edits))
      let versions = try await stage.updates().map { $0.prefix { $0 != " " } }
      #expect(versions == (1...edits).map { "\($0)" })
      #expect(try await stage.listed() == [ticket])
    }
  }

  @Test func `the service hears of orders through the bus`() async throws {
    try await withStage { stage in
      let ticket = try await stage.sell()
      let redis = stage.service.redis
      let id = ULID().description
      let order = OrdersV1.OrderTicket(id: ticket, title: "Concert", priceCents: 5000, reservation: 1)
      var commit = Commit()
      commit.publish(
        try Event(
          OrdersV1.OrderCreated(id: id, userID: "buyer", ticket: order), at: .now(), trace: ""))
      _ = try await redis.commit(commit)
      for _ in 0..<3000 where try await stage.updates().isEmpty { try await Task.sleep(for: .milliseconds(10)) }
      #expect(try await stage.updates() == ["1 \(id)"])
      #expect(try await stage.listed().isEmpty)
    }
  }

  @Test(arguments: [Subject.orderCreated, .orderCancelled, .orderCompleted])
  func `an event that is not what its header says is none`(_ subject: Subject) async throws {
    try await withStage { stage in
      let ticket = try await stage.sell()
      let store = stage.store
      let listeners: [Listener] = [.orderCreated(store), .orderCancelled(store), .orderCompleted(store)]
      let listener = try #require(listeners.first { $0.subject == subject })
      let (id, other, payment) = (ULID().description, ULID().description, ULID().description)
      func message(_ id: String, ticket: String?, version: Int64) -> any EventMessage {
        switch subject {
        case .orderCreated:
          OrdersV1.OrderCreated(
            id: id, userID: "buyer", ticket: ticket.map { .init(id: $0, priceCents: 1, reservation: 1) },
            version: version)
        case .orderCancelled: OrdersV1.OrderCancelled(id: id, ticketID: ticket ?? "", version: version, reservation: 1)
        default:
          OrdersV1.OrderCompleted(
            id: id, ticketID: ticket ?? "", paymentID: payment, version: version, reservation: 1)
        }
      }
      let bad: [(any EventMessage, String, Int64)] = [
        (message(id, ticket: ticket, version: 0), other, 0), (message(id, ticket: ticket, version: 0), id, 1),
        (message(id, ticket: nil, version: 0), id, 0), (message(id, ticket: "t", version: 0), id, 0),
        (message("o", ticket: ticket, version: 0), "o", 0),
      ]
      for (message, key, version) in bad {
        let event = try Event(subject, key: key, version: version, at: .now(), trace: "", message: message)
        await #expect(throws: MalformedEvent.self) { try await listener.apply(Delivery(of: event)) }
      }
      #expect(try await stage.updates().isEmpty)
      let good = try Event(
        subject, key: id, version: 1, at: .now(), trace: "", message: message(id, ticket: ticket, version: 1))
      #expect(try await listener.apply(Delivery(of: good)) == .applied)
    }
  }
}
