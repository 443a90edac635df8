import EventBus
import EventMessages
import Identifiers
import Records
import Redis
import TicketingProto

/// Orders in Redis. Each change and its event are one commit.
///
/// What depends on the time is decided, and guarded, by the server's clock: two processes whose clocks differ do not
/// differ about an order. A claim that is refused because it is too late is refused for ever; so the time is read before
/// the order, or the same claim, sent twice, could have got the order in between.
struct OrderStore: Sendable {
  let redis: RedisClient
  let unreadable: UnreadableRecords

  func order(_ id: ULID) async throws -> Order? { try await redis.read(Order.self, id.description) }

  /// One page of a user's orders, newest first, and where the next begins.
  func orders(of userID: String, _ page: PageRequest) async throws -> (orders: [Order], next: ULID?) {
    let (orders, next) = try await redis.readPage(Order.self, in: OrderKeys.user(userID), page, unreadable)
    return (orders, next)
  }

  /// Takes over what an event says of a ticket, unless a later one has been.
  func learn(_ ticket: OfferedTicket, at time: UnixTime) async throws -> EventOutcome {
    let key = OfferedTicket.key(ticket.id)
    var commit = Commit()
    commit.require(key, field: "version", below: ticket.version)
    commit.hashSet(key, ticket.values + [("updatedAt", .time(time))])
    return try await redis.applyOnce(commit, at: key)
  }

  /// Writes a new order, and with it the answer to the request. Returns the answer to give, which is that of before
  /// where the same request came before; nil: the ticket is no longer the one that the order was made of. Throws
  /// `OrderError.ticketReserved` where another order holds the ticket, and `IdempotencyKeyReused`.
  func create(
    _ order: Order, of ticket: OfferedTicket, mark: RequestMark?, answer: [UInt8], trace: String
  ) async throws -> [UInt8]? {
    let live = OrderKeys.live(order.ticketID)
    let ticketKey = OfferedTicket.key(ticket.id)
    var commit = Commit()
    let isFree = commit.require(absent: live)
    let isCurrent = commit.require(ticketKey, field: "version", equals: .integer(ticket.version))
    // No order has been made of it since it was read.
    let isCounted =
      ticket.reservations == 0
      ? commit.require(ticketKey, fieldAbsent: "reservations")
      : commit.require(ticketKey, field: "reservations", equals: .integer(ticket.reservations))
    commit.require(absent: Order.key(order.id))
    commit.hashSet(ticketKey, [("reservations", .integer(order.reservation))])
    commit.hashSet(Order.key(order.id), order.values(at: order.createdAt))
    commit.set(live, .string(order.id))
    commit.sortedSetAdd(OrderKeys.open, score: Double(order.expiresAt.milliseconds), member: .string(order.id))
    commit.sortedSetAdd(OrderKeys.user(order.userID), score: 0, member: .string(order.id))
    commit.announce(order)
    try commit.publish(OrdersV1.OrderCreated(order), at: order.createdAt, trace: trace)

    switch try await redis.createOnce(commit, mark: mark, own: OrderKeys.operation(order.id), answer: answer) {
    case .created: return answer
    case .repeated(let earlier): return earlier
    case .refused(isFree): throw OrderError.ticketReserved
    case .refused(isCurrent), .refused(isCounted): return nil
    case .refused: throw MalformedRecord(Order.key(order.id))
    }
  }
}

extension Commit {
  private static let changesKept = 10_000

  /// Lets those know who watch the order.
  mutating func announce(_ order: Order) {
    append(
      to: OrderKeys.changes, keepingLast: Self.changesKept,
      fields: [("order", .string(order.id)), ("status", .string(order.status.rawValue))])
  }
}
