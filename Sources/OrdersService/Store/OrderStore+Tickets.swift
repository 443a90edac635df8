import EventBus
import Identifiers
import Redis
import ServiceHost

extension OrderStore {
  /// Takes over what an event says of a ticket, if it is the next one of that ticket.
  func learn(_ ticket: OfferedTicket, at time: UnixTime) async throws -> Application {
    let key = OrderKeys.ticket(ticket.id)
    let known = try await redis.hget(key, "version")
    guard known?.int64 != nil || known == nil else { throw MalformedRecord(key) }
    if let verdict = Application.verdict(on: ticket.version, seen: known?.int64) { return verdict }

    var commit = Commit()
    if let seen = known?.int64 {
      commit.require(key, field: "version", equals: .integer(seen))
    } else {
      commit.require(absent: key)
    }
    commit.hashSet(key, TicketRecord.values(of: ticket) + [("updatedAt", .integer(time.milliseconds))])
    // Lost against another process with another event: to be looked at again.
    if case .refused = try await redis.commit(commit) { return .gap }
    return .applied
  }
}
