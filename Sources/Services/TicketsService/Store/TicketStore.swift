import EventBus
import EventMessages
import Identifiers
import Records
import Redis
import TicketingProto

/// Tickets in Redis. Each change and its event are one commit.
struct TicketStore: Sendable {
  let redis: RedisClient
  let unreadable: UnreadableRecords

  func ticket(_ id: ULID) async throws -> Ticket? { try await redis.read(Ticket.self, id.description) }

  /// Those that there are of `ids`, in their order.
  func tickets(_ ids: [ULID]) async throws -> [Ticket] {
    try await redis.read(Ticket.self, ids.map(\.description), unreadable)
  }

  /// One page of what can be bought, newest first, and where the next begins.
  func available(_ page: PageRequest) async throws -> (tickets: [Ticket], next: ULID?) {
    let (tickets, next) = try await redis.readPage(Ticket.self, in: TicketKeys.available, page, unreadable)
    // A ticket that was reserved since its id was read is left out.
    return (tickets.filter(\.isAvailable), next)
  }

  /// One page of what a user offers or has sold, newest first, and where the next begins.
  func tickets(of userID: String, _ page: PageRequest) async throws -> (tickets: [Ticket], next: ULID?) {
    let (tickets, next) = try await redis.readPage(Ticket.self, in: TicketKeys.user(userID), page, unreadable)
    return (tickets, next)
  }

  /// Writes a new ticket, and with it the answer that a repetition of the request gets. Throws `IdempotencyKeyReused`.
  func create(_ ticket: Ticket, key: IdempotencyKey?, answer: [UInt8], trace: String) async throws -> Creation {
    let now = UnixTime.now()
    let mark = key.map {
      RequestMark(
        TicketKeys.operation("create:\(ticket.userID):\($0.value)"), fingerprint: "\(ticket.priceCents) \(ticket.title)"
      )
    }
    var commit = Commit()
    commit.require(absent: Ticket.key(ticket.id))
    commit.hashSet(Ticket.key(ticket.id), ticket.values + [("createdAt", .time(now)), ("updatedAt", .time(now))])
    commit.sortedSetAdd(TicketKeys.available, score: 0, member: .string(ticket.id))
    commit.sortedSetAdd(TicketKeys.user(ticket.userID), score: 0, member: .string(ticket.id))
    try commit.publish(TicketsV1.TicketCreated(ticket), at: now, trace: trace)
    return try await redis.createOnce(commit, mark: mark, own: TicketKeys.operation(ticket.id), answer: answer)
  }

  /// Decides on the stored ticket and writes what has become of it. nil: there is no such ticket. Throws what
  /// `decide` throws, and `Contended`.
  func update(
    _ id: ULID, trace: String, _ decide: @Sendable (Ticket) throws -> Ticket
  ) async throws -> Ticket? {
    try await redis.decide {
      guard let ticket = try await ticket(id) else { return .settled(nil) }
      let changed = try decide(ticket)
      var commit = try Commit(changed, over: ticket, trace: trace)
      commit.repeatable(as: TicketKeys.operation(ULID().description))
      return .write(commit, changed)
    }
  }

  /// Applies an event of an order to its ticket: the ticket, its event and the mark are one commit. Throws
  /// `UnknownTicket`, and `Contended`.
  func apply(
    _ change: ReservationChange, of order: String, _ mark: OrderMark, to id: String, trace: String
  ) async throws -> EventOutcome {
    try await redis.decide {
      guard let ticket = try await redis.read(Ticket.self, id) else { throw UnknownTicket(id: id) }
      guard let changed = try change.applied(to: ticket, order: order, mark: mark) else { return .settled(.duplicate) }
      var commit = try Commit(changed, over: ticket, trace: trace)
      commit.note(mark, over: ticket)
      if changed.isAvailable {
        commit.sortedSetAdd(TicketKeys.available, score: 0, member: .string(id))
      } else {
        commit.sortedSetRemove(TicketKeys.available, member: .string(id))
      }
      return .write(commit, .applied)
    }
  }
}

extension Commit {
  /// The ticket in place of the one that it was made from, and the event that says so where it is a new version.
  fileprivate init(_ changed: Ticket, over ticket: Ticket, trace: String) throws {
    self.init()
    let now = UnixTime.now()
    let key = Ticket.key(ticket.id)
    require(key, field: "version", equals: .integer(ticket.version))
    hashSet(key, changed.values + [("updatedAt", .time(now))])
    if changed.version != ticket.version { try publish(TicketsV1.TicketUpdated(changed), at: now, trace: trace) }
  }

  /// A mark can become another while the version stays.
  fileprivate mutating func note(_ mark: OrderMark, over ticket: Ticket) {
    let key = Ticket.key(ticket.id)
    if let heard = ticket.heard {
      require(key, field: "reservation", equals: .integer(heard.reservation))
      require(key, field: "orderVersion", equals: .integer(heard.version))
    } else {
      require(key, fieldAbsent: "reservation")
    }
    hashSet(key, [("reservation", .integer(mark.reservation)), ("orderVersion", .integer(mark.version))])
  }
}

/// Orders has sold what is not here: the store has lost a ticket.
struct UnknownTicket: Error, CustomStringConvertible {
  let id: String

  var description: String { "there is no ticket \(id)" }
}
