import EventBus
import Identifiers
import Redis

extension OrderStore {
  /// Takes over what an event says of a ticket, unless a later one has been.
  func learn(_ ticket: OfferedTicket, at time: UnixTime) async throws -> Application {
    let key = OrderKeys.ticket(ticket.id)
    var commit = Commit()
    commit.require(key, field: "version", below: ticket.version)
    commit.hashSet(key, TicketRecord.values(of: ticket) + [("updatedAt", .integer(time.milliseconds))])
    return try await redis.applyOnce(commit, at: key)
  }
}
