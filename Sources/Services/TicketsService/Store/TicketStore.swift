import EventBus
import Identifiers
import NIOCore
import Redis
import ServiceHost
import TicketingProto

/// Tickets in Redis. Each change and its event are one commit.
struct TicketStore: Sendable {
  let redis: RedisClient

  static let fields = [
    "id", "title", "price", "userId", "orderId", "version", "sold", "reservation", "orderVersion", "editVersion",
  ]
  /// How long a client's idempotency key is remembered.
  private static let idempotencyWindow: Duration = .seconds(24 * 60 * 60)
  /// How long a commit is remembered that only the store itself may repeat.
  private static let retryWindow: Duration = .seconds(60)

  func ticket(_ id: ULID) async throws -> Ticket? { try await ticket(id: id.description) }

  func ticket(id: String) async throws -> Ticket? {
    let key = TicketKeys.ticket(id)
    return try Self.ticket(from: try await redis.hmget(key, Self.fields), at: key)
  }

  /// Writes a new ticket. With a key that was used before for the same request, gives back what was made then;
  /// throws `TicketError.idempotencyKeyReused` where the request was another.
  func create(_ ticket: Ticket, idempotencyKey: IdempotencyKey?, trace: String) async throws -> TicketsV1.Ticket {
    let message = TicketsV1.Ticket(ticket)
    var result = ByteBuffer()
    try message.encode(into: &result)
    let now = UnixTime.now()
    let key = TicketKeys.ticket(ticket.id)
    let fingerprint = "\(ticket.priceCents) \(ticket.title)"

    var commit = Commit()
    commit.operation(
      key: TicketKeys.operation(idempotencyKey.map { "create:\(ticket.userID):\($0.value)" } ?? ticket.id),
      fingerprint: fingerprint, result: Array(result.readableBytesView),
      expiry: idempotencyKey == nil ? Self.retryWindow : Self.idempotencyWindow)
    commit.require(absent: key)
    commit.hashSet(key, Self.fields(of: ticket) + [("createdAt", .integer(now.milliseconds))])
    commit.hashSet(key, [("updatedAt", .integer(now.milliseconds))])
    commit.sortedSetAdd(TicketKeys.available, score: 0, member: .string(ticket.id))
    commit.sortedSetAdd(TicketKeys.user(ticket.userID), score: 0, member: .string(ticket.id))
    commit.publish(
      try Event(
        .ticketCreated, key: ticket.id, version: ticket.version, at: now, trace: trace,
        message: TicketsV1.TicketCreated(
          id: ticket.id, title: ticket.title, priceCents: ticket.priceCents, userID: ticket.userID,
          version: ticket.version)))

    switch try await redis.commit(commit) {
    case .applied: return message
    case .repeated(let earlier, let result):
      guard earlier == fingerprint else { throw TicketError.idempotencyKeyReused }
      return try result.withUnsafeBytes { try TicketsV1.Ticket(decoding: $0) }
    case .refused: throw MalformedRecord(key)
    }
  }

  /// Writes a changed ticket over the version that it was made from; false: that is no longer the stored one.
  func update(_ ticket: Ticket, from version: Int64, trace: String) async throws -> Bool {
    var commit = Commit()
    commit.operation(
      key: TicketKeys.operation(ULID().description), fingerprint: "", result: [], expiry: Self.retryWindow)
    try Self.write(ticket, over: version, trace: trace, in: &commit)
    if case .refused = try await redis.commit(commit) { return false }
    return true
  }

  /// The ticket in place of the version that it was made from, and the event that says so where it is a new version.
  static func write(_ ticket: Ticket, over version: Int64, trace: String, in commit: inout Commit) throws {
    let now = UnixTime.now()
    let key = TicketKeys.ticket(ticket.id)
    commit.require(key, field: "version", equals: .integer(version))
    commit.hashSet(key, fields(of: ticket) + [("updatedAt", .integer(now.milliseconds))])
    guard ticket.version != version else { return }
    commit.publish(
      try Event(
        .ticketUpdated, key: ticket.id, version: ticket.version, at: now, trace: trace,
        message: TicketsV1.TicketUpdated(
          id: ticket.id, title: ticket.title, priceCents: ticket.priceCents, userID: ticket.userID,
          orderID: ticket.orderID ?? "", version: ticket.version, editVersion: ticket.editVersion)))
  }

  private static func fields(of ticket: Ticket) -> [(String, RedisArgument)] {
    [
      ("id", .string(ticket.id)), ("title", .string(ticket.title)), ("price", .integer(ticket.priceCents)),
      ("userId", .string(ticket.userID)), ("orderId", .string(ticket.orderID ?? "")),
      ("version", .integer(ticket.version)), ("editVersion", .integer(ticket.editVersion)),
    ] + (ticket.isSold ? [("sold", "1")] : [])
  }

  /// nil where nothing is stored; throws `MalformedRecord` where what is stored is no ticket.
  static func ticket(from row: [RedisBytes?], at key: RedisKey) throws -> Ticket? {
    guard row.contains(where: { $0 != nil }) else { return nil }
    guard row.count == fields.count, let id = row[0]?.string, let title = row[1]?.string, let price = row[2]?.int64,
      let userID = row[3]?.string, let orderID = row[4]?.string, let version = row[5]?.int64
    else { throw MalformedRecord(key) }
    let reservation = row[7]?.int64
    let orderVersion = row[8]?.int64
    guard (reservation == nil) == (row[7] == nil), (orderVersion == nil) == (reservation == nil),
      row[9] == nil || row[9]?.int64 != nil
    else { throw MalformedRecord(key) }
    return Ticket(
      id: id, title: title, priceCents: price, userID: userID, orderID: orderID.isEmpty ? nil : orderID,
      isSold: row[6] != nil, version: version,
      editVersion: row[9]?.int64 ?? 0,
      heard: reservation.flatMap { reservation in
        orderVersion.map { OrderMark(reservation: reservation, version: $0) }
      })
  }
}
