import EventBus
import Identifiers
import NIOCore
import Redis
import ServiceHost
import TicketingProto

/// Orders in Redis. Each change and its event are one commit.
///
/// What depends on the time is decided, and guarded, by the server's clock: two processes whose clocks differ do not
/// differ about an order.
struct OrderStore: Sendable {
  let redis: RedisClient

  /// How long a client's idempotency key is remembered.
  private static let idempotencyWindow: Duration = .seconds(24 * 60 * 60)
  /// How long a commit is remembered that only the store itself may repeat.
  static let retryWindow: Duration = .seconds(60)

  func order(_ id: ULID) async throws -> Order? {
    let key = OrderKeys.order(id.description)
    return try OrderRecord.order(from: try await redis.hmget(key, OrderRecord.fields), at: key)
  }

  /// An order and a time at which, or after which, it was so.
  ///
  /// The time is read first. A claim that is refused because it is too late is refused for ever; were the time read
  /// after the order, the same claim, sent twice, could have got the order in between.
  func orderAndTime(_ id: ULID) async throws -> (order: Order, now: UnixTime)? {
    let key = OrderKeys.order(id.description)
    let (now, row) = try await redis.timeAndHash(key, OrderRecord.fields)
    return try OrderRecord.order(from: row, at: key).map { ($0, now) }
  }

  /// What is on offer, and the time.
  func ticketAndTime(_ id: ULID) async throws -> (ticket: OfferedTicket, now: UnixTime)? {
    let key = OrderKeys.ticket(id.description)
    let (now, row) = try await redis.timeAndHash(key, TicketRecord.fields)
    return try TicketRecord.ticket(from: row, at: key).map { ($0, now) }
  }

  /// Writes a new order; nil: the ticket has changed since `ticket` was read. With a key that was used before for the
  /// same request, gives back what was made then; throws `OrderError.idempotencyKeyReused` where the request was
  /// another, `ticketReserved` where another order holds the ticket.
  func create(_ order: Order, of ticket: OfferedTicket, mark: RequestMark?, trace: String) async throws
    -> OrdersV1.Order?
  {
    let message = OrdersV1.Order(order)
    var result = ByteBuffer()
    try message.encode(into: &result)
    let key = OrderKeys.order(order.id)
    let live = OrderKeys.live(order.ticketID)

    var commit = Commit()
    commit.operation(
      key: mark?.key ?? OrderKeys.operation(order.id), fingerprint: mark?.fingerprint ?? "",
      result: Array(result.readableBytesView), expiry: mark == nil ? Self.retryWindow : Self.idempotencyWindow)
    let isFree = commit.require(absent: live)
    let isCurrent = commit.require(
      OrderKeys.ticket(ticket.id), field: "version", equals: .integer(ticket.version))
    let isCounted = commit.require(ticket, reservations: ticket.reservations)
    commit.require(absent: key)
    commit.hashSet(OrderKeys.ticket(ticket.id), [("reservations", .integer(order.reservation))])
    commit.hashSet(key, OrderRecord.values(of: order, at: order.createdAt))
    commit.set(live, .string(order.id))
    commit.sortedSetAdd(OrderKeys.open, score: Double(order.expiresAt.milliseconds), member: .string(order.id))
    commit.sortedSetAdd(OrderKeys.user(order.userID), score: 0, member: .string(order.id))
    commit.announce(order)
    commit.publish(try Event(created: order, trace: trace))

    switch try await redis.commit(commit) {
    case .applied: return message
    case .repeated(let earlier, let result):
      guard earlier == mark?.fingerprint ?? "" else { throw OrderError.idempotencyKeyReused }
      return try result.withUnsafeBytes { try OrdersV1.Order(decoding: $0) }
    case .refused(isFree, _): throw OrderError.ticketReserved
    case .refused(isCurrent, _), .refused(isCounted, _): return nil
    case .refused: throw MalformedRecord(key)
    }
  }
}

extension OrderStore {
  /// What the request with this mark made when it came before; nil: it has not, or in vain. Throws
  /// `OrderError.idempotencyKeyReused` where the request was another.
  func recall(_ mark: RequestMark) async throws -> OrdersV1.Order? {
    let record = try await redis.hmget(mark.key, ["fingerprint", "result"])
    guard record.count == 2, let fingerprint = record[0]?.string else { return nil }
    guard fingerprint == mark.fingerprint else { throw OrderError.idempotencyKeyReused }
    return try record[1].map { try $0.withUnsafeBytes { try OrdersV1.Order(decoding: $0) } }
  }
}

/// How a client has marked its request to reserve, so that a repetition gets the answer of the first.
struct RequestMark: Sendable, Hashable {
  let key: RedisKey
  let fingerprint: String

  init(_ key: IdempotencyKey, by userID: String, of ticketID: String, seen: SeenOffer) {
    self.key = OrderKeys.operation("create:\(userID):\(key.value)")
    let told = [seen.priceCents, seen.version].map { $0.map { "\($0)" } ?? "" }
    fingerprint = seen == SeenOffer() ? ticketID : ([ticketID] + told).joined(separator: " ")
  }
}

extension RedisClient {
  /// One write on one connection, so they are read in this order.
  fileprivate func timeAndHash(_ key: RedisKey, _ fields: [String]) async throws -> (UnixTime, [RedisBytes?]) {
    let replies = try await send([
      RedisCommand("TIME"), RedisCommand("HMGET", arguments: [.key(key)] + fields.map { .string($0) }),
    ])
    guard replies.count == 2 else { throw RESPValue.array(replies).unexpected("two replies") }
    let row = try replies[1].array().map { try $0.optional { try $0.bytes() } }
    return (UnixTime(milliseconds: try replies[0].serverTime()), row)
  }
}

extension Commit {
  /// No order has been made of the ticket since it was read.
  fileprivate mutating func require(_ ticket: OfferedTicket, reservations: Int64) -> Int {
    let key = OrderKeys.ticket(ticket.id)
    if reservations == 0 { return require(key, fieldAbsent: "reservations") }
    return require(key, field: "reservations", equals: .integer(reservations))
  }

  private static let changesKept = 10_000

  /// Lets those know who watch the order.
  mutating func announce(_ order: Order) {
    append(
      to: OrderKeys.changes, keepingLast: Self.changesKept,
      fields: [("order", .string(order.id)), ("status", .string(order.status.rawValue))])
  }
}
