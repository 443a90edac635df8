import Identifiers
import Redis
import ServiceHost

extension TicketStore {
  /// One page of what can be bought, newest first, and where the next begins.
  func available(_ page: PageRequest) async throws -> (tickets: [Ticket], next: ULID?) {
    let (tickets, next) = try await tickets(in: TicketKeys.available, page)
    // A ticket that was reserved since its id was read is left out.
    return (tickets.filter(\.isAvailable), next)
  }

  /// One page of what a user offers or has sold, newest first, and where the next begins.
  func tickets(of userID: String, _ page: PageRequest) async throws -> (tickets: [Ticket], next: ULID?) {
    try await tickets(in: TicketKeys.user(userID), page)
  }

  private func tickets(in key: RedisKey, _ page: PageRequest) async throws -> (tickets: [Ticket], next: ULID?) {
    let (ids, next) = try await redis.newestIDs(in: key, page)
    let rows = try await redis.send(
      ids.map { RedisCommand("HMGET", arguments: [.key(TicketKeys.ticket($0))] + Self.fields.map { .string($0) }) })
    let tickets = try zip(ids, rows).compactMap { id, row in
      try Self.ticket(
        from: row.array().map { try $0.optional { try $0.bytes() } }, at: TicketKeys.ticket(id))
    }
    return (tickets, next)
  }
}
