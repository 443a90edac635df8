import Logging
import Money
import RPC
import Redis
import RedisTestSupport
import ServiceHost
import ServiceTestSupport
import Testing
import TicketingProto
import TicketsService

private func withTickets(
  logger: Logger = .silent,
  _ body: @Sendable @escaping (TicketsV1.TicketsServiceClient, ServiceUnderTest) async throws -> Void
) async throws {
  try await withService(
    logger: logger,
    { redis, _ in .tickets(redis: redis, bus: .forTests(redis), limits: PriceLimits(.usd), logger: logger) }
  ) { service in
    try await body(TicketsV1.TicketsServiceClient(service.channel), service)
  }
}

extension TicketsV1.TicketsServiceClient {
  fileprivate func sell(_ title: String, _ cents: Int64 = 5000, as options: CallOptions, key: String = "")
    async throws -> TicketsV1.Ticket
  {
    let request = TicketsV1.CreateTicketRequest(title: title, priceCents: cents, idempotencyKey: key)
    return try #require(try await createTicket(request, options: options).ticket)
  }

  fileprivate func read(_ id: String) async throws -> TicketsV1.Ticket {
    try #require(try await getTicket(.init(id: id)).ticket)
  }
}

@Suite struct TicketsServiceTests {
  @Test func `a ticket that was created can be read and is listed`() async throws {
    try await withTickets { tickets, service in
      let created = try await tickets.sell("  Concert ", as: service.session("seller"))
      #expect(created.title == "Concert")
      #expect(created.priceCents == 5000)
      #expect(created.userID == "seller")
      #expect(created.version == 0)
      #expect(try await tickets.read(created.id) == created)
      #expect(try await tickets.listTickets(.init()).tickets == [created])
    }
  }

  @Test func `state and event are both there, in plain fields`() async throws {
    try await withTickets { tickets, service in
      let owner = try await service.session("seller")
      let created = try await tickets.sell("Concert", as: owner)
      _ = try await tickets.updateTicket(
        .init(id: created.id, title: "Opera", priceCents: 7500), options: owner)

      let hash = try await service.redis.hgetall(RedisKey("{tickets}:ticket:\(created.id)"))
      #expect(try hash.string("title") == "Opera")
      #expect(try hash.int64("price") == 7500)
      #expect(try hash.int64("version") == 1)

      let first = try #require(try await events("ticket:created", service).first)
      #expect(try first.string("key") == created.id)
      #expect(try first.int64("version") == 0)
      let data = try #require(first["data"])
      let message = try data.withUnsafeBytes { try TicketsV1.TicketCreated(decoding: $0) }
      #expect(message == .init(id: created.id, title: "Concert", priceCents: 5000, userID: "seller", version: 0))

      let second = try #require(try await events("ticket:updated", service).first)
      #expect(try second.int64("version") == 1)
      let update = try #require(second["data"]).withUnsafeBytes { try TicketsV1.TicketUpdated(decoding: $0) }
      #expect(update.title == "Opera" && update.version == 1 && update.orderID.isEmpty)
    }
  }

  @Test func `only its owner may change a ticket, and only signed in`() async throws {
    try await withTickets { tickets, service in
      let created = try await tickets.sell("Concert", as: service.session("seller"))
      let edit = TicketsV1.UpdateTicketRequest(id: created.id, title: "Mine", priceCents: 100)
      let other = try await service.session("other")
      #expect(await failure { try await tickets.updateTicket(edit, options: other) }?.code == .permissionDenied)
      #expect(await failure { try await tickets.updateTicket(edit) }?.code == .unauthenticated)
      #expect(
        await failure { try await tickets.createTicket(.init(title: "x", priceCents: 1)) }?.code == .unauthenticated)
      #expect(try await tickets.read(created.id) == created)
    }
  }

  @Test func `a reserved ticket is not listed and not changed`() async throws {
    try await withTickets { tickets, service in
      let owner = try await service.session("seller")
      let created = try await tickets.sell("Concert", as: owner)
      try await service.redis.hset(RedisKey("{tickets}:ticket:\(created.id)"), [("orderId", "order")])
      let edit = TicketsV1.UpdateTicketRequest(id: created.id, title: "Opera", priceCents: 100)
      let refusal = await failure { try await tickets.updateTicket(edit, options: owner) }
      #expect(refusal?.code == .failedPrecondition)
      #expect(refusal?.reason == "TICKET_RESERVED")
      #expect(try await tickets.listTickets(.init()).tickets.isEmpty)
      #expect(try await tickets.read(created.id).orderID == "order")
    }
  }

  @Test(arguments: ["", "nonsense", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "x\r\nGET", String(repeating: "0", count: 100_000)])
  func `an unknown or malformed id is not found`(id: String) async throws {
    try await withTickets { tickets, service in
      let session = try await service.session("seller")
      #expect(await failure { try await tickets.getTicket(.init(id: id)) }?.code == .notFound)
      let edit = TicketsV1.UpdateTicketRequest(id: id, title: "Opera", priceCents: 100)
      #expect(await failure { try await tickets.updateTicket(edit, options: session) }?.code == .notFound)
    }
  }

  @Test func `many are read in one call, and what cannot be read keeps back none of the others`() async throws {
    try await withTickets { tickets, service in
      let session = try await service.session("seller")
      var sold: [TicketsV1.Ticket] = []
      for number in 0..<100 { sold.append(try await tickets.sell("Seat \(number)", as: session)) }
      let all = sold.reversed().map(\.id)
      #expect(try await tickets.batchGetTickets(.init(ids: all)).tickets == sold.reversed())

      try await service.redis.hset(RedisKey("{tickets}:ticket:\(sold[1].id)"), [("version", "many")])
      let some = [sold[0].id, sold[1].id, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "no id", "", sold[2].id]
      #expect(try await tickets.batchGetTickets(.init(ids: some)).tickets == [sold[0], sold[2]])
      #expect(try await tickets.batchGetTickets(.init()).tickets == [])
      let tooMany = await failure { try await tickets.batchGetTickets(.init(ids: all + ["one more"])) }
      #expect(tooMany?.code == .invalidArgument)
    }
  }

  @Test func `every field that breaks a rule is named`() async throws {
    try await withTickets { tickets, service in
      let session = try await service.session("seller")
      let refusal = await failure {
        try await tickets.createTicket(
          .init(title: " ", priceCents: -1, idempotencyKey: "a b"), options: session)
      }
      #expect(refusal?.code == .invalidArgument)
      #expect(refusal?.violations.map(\.field) == ["title", "price"])
      let badKey = await failure {
        try await tickets.createTicket(.init(title: "x", priceCents: 100, idempotencyKey: "a b"), options: session)
      }
      #expect(badKey?.violations.map(\.field) == ["Idempotency-Key"])
    }
  }

  @Test func `fifty edits at once give fifty versions in a row or say that they lost`() async throws {
    try await withTickets { tickets, service in
      let owner = try await service.session("seller")
      let created = try await tickets.sell("Concert", as: owner)
      let versions = await withTaskGroup(of: Int64?.self) { group in
        for number in 1...50 {
          group.addTask {
            let edit = TicketsV1.UpdateTicketRequest(
              id: created.id, title: "Concert \(number)", priceCents: 100 + Int64(number))
            do {
              return try await tickets.updateTicket(edit, options: owner).ticket?.version
            } catch {
              #expect((error as? RPCError)?.code == .aborted)
              return nil
            }
          }
        }
        return await group.reduce(into: [Int64]()) { if let version = $1 { $0.append(version) } }
      }
      #expect(versions.sorted() == Array(1...Int64(versions.count)))
      #expect(try await tickets.read(created.id).version == Int64(versions.count))
      let published = try await events("ticket:updated", service).map { try $0.int64("version") }
      #expect(published == versions.sorted())
    }
  }

  @Test func `pages go through all tickets once, newest first, while more are added`() async throws {
    try await withTickets { tickets, service in
      let owner = try await service.session("seller")
      var sold: [String] = []
      for number in 0..<25 { sold.append(try await tickets.sell("Concert \(number)", as: owner).id) }
      // Ids of one millisecond have no order among themselves.
      let expected = sold.sorted(by: >)
      var seen: [String] = []
      var token = ""
      repeat {
        let page = try await tickets.listTickets(.init(pageSize: 7, pageToken: token))
        #expect(page.tickets.count <= 7)
        seen += page.tickets.map(\.id)
        token = page.nextPageToken
        _ = try await tickets.sell("meanwhile", as: owner)
      } while !token.isEmpty
      #expect(seen == expected)
    }
  }

  @Test func `an owner's list has all of theirs, reserved or not, and nobody else's`() async throws {
    try await withTickets { tickets, service in
      let owner = try await service.session("seller")
      let other = try await service.session("other")
      _ = try await tickets.sell("Another's", as: other)
      var offered: [String] = []
      for number in 0..<5 { offered.append(try await tickets.sell("Concert \(number)", as: owner).id) }
      try await service.redis.hset(RedisKey("{tickets}:ticket:\(offered[0])"), [("orderId", "order")])
      var seen: [TicketsV1.Ticket] = []
      var token = ""
      repeat {
        let page = try await tickets.listOwnTickets(.init(pageSize: 2, pageToken: token), options: owner)
        seen += page.tickets
        token = page.nextPageToken
      } while !token.isEmpty
      #expect(seen.map(\.id) == offered.sorted(by: >))
      #expect(seen.filter { $0.orderID == "order" }.map(\.id) == [offered[0]])
      #expect(await failure { try await tickets.listOwnTickets(.init()) }?.code == .unauthenticated)
      let nobody = try await service.session("nobody")
      #expect(try await tickets.listOwnTickets(.init(), options: nobody).tickets.isEmpty)
    }
  }

  @Test(arguments: [(Int32(-1), ""), (.min, ""), (1, "nonsense"), (1, "(01ARZ3NDEKTSV4RRFFQ69G5FA"), (1, "+")])
  func `a page that cannot be is refused`(size: Int32, token: String) async throws {
    try await withTickets { tickets, _ in
      let refusal = await failure { try await tickets.listTickets(.init(pageSize: size, pageToken: token)) }
      #expect(refusal?.code == .invalidArgument)
      #expect(refusal?.violations.count == 1)
    }
  }

  @Test func `an idempotency key makes one ticket of many requests at once`() async throws {
    try await withTickets { tickets, service in
      let owner = try await service.session("seller")
      let answers = try await withThrowingTaskGroup(of: TicketsV1.Ticket.self) { group in
        for _ in 0..<20 { group.addTask { try await tickets.sell("Concert", as: owner, key: "k1") } }
        return try await group.reduce(into: [TicketsV1.Ticket]()) { $0.append($1) }
      }
      #expect(Set(answers).count == 1)
      #expect(try await tickets.listTickets(.init()).tickets.count == 1)
      #expect(try await events("ticket:created", service).count == 1)

      let reused = await failure { try await tickets.sell("Opera", as: owner, key: "k1") }
      #expect(reused?.reason == "IDEMPOTENCY_KEY_REUSED")
      // Another user's keys are another's.
      let other = try await tickets.sell("Opera", as: service.session("other"), key: "k1")
      #expect(other.id != answers[0].id)
    }
  }

  @Test func `a malformed record is an error of ours, told from an absent one`() async throws {
    try await withTickets { tickets, service in
      let created = try await tickets.sell("Concert", as: service.session("seller"))
      try await service.redis.hset(RedisKey("{tickets}:ticket:\(created.id)"), [("version", "many")])
      #expect(await failure { try await tickets.getTicket(.init(id: created.id)) }?.code == .internal)
    }
  }

  @Test func `malformed records hide themselves from the lists, and only themselves`() async throws {
    let log = LogRecorder()
    try await withTickets(logger: log.logger) { tickets, service in
      let owner = try await service.session("seller")
      var all: [TicketsV1.Ticket] = []
      for number in 0..<4 { all.append(try await tickets.sell("Concert \(number)", as: owner)) }
      try await service.redis.hset(RedisKey("{tickets}:ticket:\(all[3].id)"), [("version", "many")])
      try await service.redis.del(RedisKey("{tickets}:ticket:\(all[1].id)"))
      try await service.redis.set(RedisKey("{tickets}:ticket:\(all[1].id)"), "text")
      try await service.redis.zadd(RedisKey("{tickets}:available"), [(0, "~")])
      let kept = [all[2], all[0]]
      for _ in 0..<2 {
        #expect(try await tickets.listTickets(.init()).tickets == kept)
        #expect(try await tickets.listOwnTickets(.init(), options: owner).tickets == kept)
        let batch = try await tickets.batchGetTickets(.init(ids: all.reversed().map(\.id)))
        #expect(batch.tickets == kept)
      }
      let first = try await tickets.listTickets(.init(pageSize: 1))
      #expect(first.tickets.isEmpty && !first.nextPageToken.isEmpty)
      #expect(log.lines("error a record is malformed").count == 2)
    }
  }

  @Test func `without its store it says unavailable, and serves again when that is back`() async throws {
    try await withTickets { tickets, service in
      let owner = try await service.session("seller")
      let created = try await tickets.sell("Concert", as: owner)
      try await service.server.kill()
      #expect(await failure { try await tickets.getTicket(.init(id: created.id)) }?.code == .unavailable)
      try await service.server.start()
      for _ in 0..<1200 {
        if let read = try? await tickets.read(created.id) {
          #expect(read == created)
          return
        }
        try await Task.sleep(for: .milliseconds(25))
      }
      Issue.record("the ticket did not come back")
    }
  }

  private func events(_ subject: String, _ service: ServiceUnderTest) async throws -> [RedisFields] {
    try await service.redis.xrange(RedisKey("{tickets}:events:\(subject)")).compactMap(\.fields)
  }
}
