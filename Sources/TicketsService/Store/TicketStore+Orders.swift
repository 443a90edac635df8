import EventBus
import Redis
import ServiceHost

extension TicketStore {
  /// How often a change that lost against an edit or another event is decided anew.
  private static let attempts = 10

  /// Applies an event of an order to the ticket: the ticket, its event and the version seen are one commit.
  func apply(
    _ change: ReservationChange, of order: String, version: Int64, to ticketID: String, trace: String
  ) async throws -> Application {
    for _ in 0..<Self.attempts {
      // The version first: a ticket that is read later is no older than it.
      let seen = try await seen(of: order)
      let ticket = try await ticket(id: ticketID)
      switch try change.effect(order: order, version: version, seen: seen, on: ticket) {
      case .leave(let application): return application
      case .apply(let changed):
        let commit = try commit(
          marking: order, seen: seen, as: version, changing: ticket, to: changed, trace: trace)
        if case .applied = try await redis.commit(commit) { return .applied }
      }
    }
    // Others keep changing the ticket: later.
    return .gap
  }

  private func seen(of order: String) async throws -> Int64? {
    let key = TicketKeys.order(order)
    guard let stored = try await redis.get(key) else { return nil }
    guard let version = stored.int64 else { throw MalformedRecord(key) }
    return version
  }

  private func commit(
    marking order: String, seen: Int64?, as version: Int64, changing ticket: Ticket?, to changed: Ticket, trace: String
  ) throws -> Commit {
    let key = TicketKeys.order(order)
    var commit = Commit()
    commit.require(key, is: seen)
    commit.set(key, .integer(version))
    guard let ticket, changed != ticket else { return commit }
    try Self.write(changed, over: ticket.version, trace: trace, in: &commit)
    if changed.isAvailable {
      commit.sortedSetAdd(TicketKeys.available, score: 0, member: .string(changed.id))
    } else {
      commit.sortedSetRemove(TicketKeys.available, member: .string(changed.id))
    }
    return commit
  }
}
