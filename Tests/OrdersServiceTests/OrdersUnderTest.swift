import Identifiers
import Logging
import RPC
import Records
import Redis
import RedisTestSupport
import ServiceHost
import ServiceTestSupport
import Testing
import TicketingProto

@testable import OrdersService

/// The orders service on a Redis of its own, with what tests do to it.
struct OrdersUnderTest: Sendable {
  let service: ServiceUnderTest
  let client: OrdersV1.OrdersServiceClient
  let store: OrderStore

  var redis: RedisClient { service.redis }

  /// A ticket that can be ordered.
  func offer(price: Int64 = 5000) async throws -> String { try await store.offer(price: price) }

  func create(_ ticket: String, by user: String = "buyer", key: String = "") async throws -> OrdersV1.Order {
    let request = OrdersV1.CreateOrderRequest(ticketID: ticket, idempotencyKey: key)
    return try #require(try await client.createOrder(request, options: service.session(user)).order)
  }

  /// An order for a ticket of its own.
  func order(by user: String = "buyer") async throws -> OrdersV1.Order { try await create(try await offer(), by: user) }

  func get(_ id: String, by user: String = "buyer") async throws -> OrdersV1.Order {
    try #require(try await client.getOrder(.init(id: id), options: service.session(user)).order)
  }

  @discardableResult
  func cancel(_ id: String, by user: String = "buyer") async throws -> OrdersV1.Order {
    try #require(try await client.cancelOrder(.init(id: id), options: service.session(user)).order)
  }

  /// As the payments service calls it, for a user.
  @discardableResult
  func begin(_ id: String, _ attempt: Int64, _ amount: Int64 = 5000, for user: String? = "buyer") async throws
    -> OrdersV1.Order
  {
    let credentials = ServiceCredentials(service: "payments", keys: service.keys)
    let options = try await credentials.options(actingFor: user, trace: "", timeout: .seconds(20))
    let request = OrdersV1.BeginPaymentRequest(orderID: id, attempt: attempt, amountCents: amount)
    return try #require(try await client.beginPayment(request, options: options).order)
  }

  func apply(_ trigger: OrderTrigger, _ id: String) async throws -> OrderOutcome? {
    let ulid = try #require(ULID(id))
    return try await store.apply(trigger, to: ulid, trace: "")
  }
}

extension OrderStore {
  func offer(price: Int64 = 5000) async throws -> String {
    let ticket = OfferedTicket(
      id: ULID().description, title: "Concert", priceCents: price, userID: "seller", version: 0)
    #expect(try await learn(ticket, at: .now()) == .applied)
    return ticket.id
  }

  /// A new order of `buyer`, whose time is over after `window`.
  func order(window: Duration = .seconds(900)) async throws -> Order {
    let ticketID = try await offer()
    let ulid = try #require(ULID(ticketID))
    let (ticket, now) = try await offered(ulid)
    let order = Order.reserving(ticket, as: ULID().description, for: "buyer", window: window, at: now)
    #expect(try await create(order, of: ticket, mark: nil, answer: [], trace: "") != nil)
    return order
  }

  func offered(_ id: ULID) async throws -> (ticket: OfferedTicket, now: UnixTime) {
    let (ticket, clock) = try await redis.readWithClock(OfferedTicket.self, id.description)
    return (try #require(ticket), clock.reading)
  }

  /// false: it was made from what is no longer so.
  func writes(_ change: OrderChange, at now: UnixTime) async throws -> Bool {
    do {
      _ = try await redis.decide { try write(change, at: now, trace: "") }
      return true
    } catch is Contended {
      return false
    }
  }

  func read(_ id: String) async throws -> Order {
    let ulid = try #require(ULID(id))
    return try #require(try await order(ulid))
  }

  /// Its time has been over for long.
  func letTimePass(_ id: String) async throws {
    try await redis.hset(OrderKeys.order(id), [("expiresAt", 1000)])
    try await redis.zadd(OrderKeys.open, [(1000, .string(id))])
  }

  func live(_ ticket: String) async throws -> String? { try await redis.get(OrderKeys.live(ticket))?.string }
  func isOpen(_ order: String) async throws -> Bool { try await redis.zscore(OrderKeys.open, .string(order)) != nil }

  /// What orders has published of a subject.
  func events(_ subject: String) async throws -> [RedisFields] {
    try await redis.xrange(RedisKey("{orders}:events:\(subject)")).compactMap(\.fields)
  }
}

func withOrders(
  window: Int = 900, logger: Logger = .silent, _ body: @Sendable @escaping (OrdersUnderTest) async throws -> Void
) async throws {
  let settings = try OrdersSettings(Environment(["EXPIRATION_WINDOW_SECONDS": "\(window)"]))
  try await withService(
    logger: logger,
    { redis, _ in
      .orders(redis: redis, bus: .forTests(redis), settings: settings, logger: logger)
    }
  ) { service in
    try await body(
      OrdersUnderTest(
        service: service, client: OrdersV1.OrdersServiceClient(service.channel),
        store: OrderStore(redis: service.redis, unreadable: UnreadableRecords(logger: .silent))))
  }
}

/// Only the store, on a Redis of its own.
func withOrderStore(_ body: (OrderStore) async throws -> Void) async throws {
  try await withRedis { redis in
    try await body(OrderStore(redis: redis, unreadable: UnreadableRecords(logger: .silent)))
  }
}

/// Waits until something is so, for half a minute at most.
func eventually(_ condition: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation) async throws {
  for _ in 0..<3000 {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(10))
  }
  Issue.record("it did not come about", sourceLocation: sourceLocation)
}
