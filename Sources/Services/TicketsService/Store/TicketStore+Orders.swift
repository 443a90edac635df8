import EventBus
import Redis

extension TicketStore {
  /// How often a change that lost against an edit or another event is decided anew at once.
  private static let attempts = 10
  private static let pause: Duration = .milliseconds(50)

  /// Applies an event of an order to its ticket: the ticket, its event and the mark are one commit. Throws
  /// `UnknownTicket`.
  func apply(
    _ change: ReservationChange, of order: String, _ mark: OrderMark, to ticketID: String, trace: String
  ) async throws -> Application {
    for _ in 0..<Self.attempts {
      guard let ticket = try await ticket(id: ticketID) else { throw UnknownTicket(id: ticketID) }
      guard let changed = try change.applied(to: ticket, order: order, mark: mark) else { return .duplicate }
      if case .applied = try await redis.commit(try commit(changed, over: ticket, mark, trace: trace)) {
        return .applied
      }
    }
    // Others keep changing the ticket.
    return .later(Self.pause)
  }

  private func commit(_ changed: Ticket, over ticket: Ticket, _ mark: OrderMark, trace: String) throws -> Commit {
    let key = TicketKeys.ticket(ticket.id)
    var commit = Commit()
    // A mark can become another while the version stays.
    if let heard = ticket.heard {
      commit.require(key, field: "reservation", equals: .integer(heard.reservation))
      commit.require(key, field: "orderVersion", equals: .integer(heard.version))
    } else {
      commit.require(key, fieldAbsent: "reservation")
    }
    try Self.write(changed, over: ticket.version, trace: trace, in: &commit)
    commit.hashSet(key, [("reservation", .integer(mark.reservation)), ("orderVersion", .integer(mark.version))])
    if changed.isAvailable {
      commit.sortedSetAdd(TicketKeys.available, score: 0, member: .string(changed.id))
    } else {
      commit.sortedSetRemove(TicketKeys.available, member: .string(changed.id))
    }
    return commit
  }
}

/// Orders has sold what is not here: the store has lost a ticket.
struct UnknownTicket: Error, CustomStringConvertible {
  let id: String

  var description: String { "there is no ticket \(id)" }
}
