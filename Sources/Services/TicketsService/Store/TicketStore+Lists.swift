import Identifiers
import Redis
import ServiceHost

extension TicketStore {
  /// One page of what can be bought, newest first, and where the next begins.
  func available(
    _ page: PageRequest, _ unreadable: UnreadableRecords
  ) async throws -> (tickets: [Ticket], next: ULID?) {
    let (tickets, next) = try await tickets(in: TicketKeys.available, page, unreadable)
    // A ticket that was reserved since its id was read is left out.
    return (tickets.filter(\.isAvailable), next)
  }

  /// One page of what a user offers or has sold, newest first, and where the next begins.
  func tickets(
    of userID: String, _ page: PageRequest, _ unreadable: UnreadableRecords
  ) async throws -> (tickets: [Ticket], next: ULID?) {
    try await tickets(in: TicketKeys.user(userID), page, unreadable)
  }

  /// Those that there are of `ids`, in their order.
  func tickets(_ ids: [ULID], _ unreadable: UnreadableRecords) async throws -> [Ticket] {
    try await tickets(withIDs: ids.map(\.description), unreadable)
  }

  private func tickets(
    in key: RedisKey, _ page: PageRequest, _ unreadable: UnreadableRecords
  ) async throws -> (tickets: [Ticket], next: ULID?) {
    let (ids, next) = try await redis.newestIDs(in: key, page)
    return (try await tickets(withIDs: ids, unreadable), next)
  }

  private func tickets(withIDs ids: [String], _ unreadable: UnreadableRecords) async throws -> [Ticket] {
    let rows = try await redis.send(
      ids.map { RedisCommand("HMGET", arguments: [.key(TicketKeys.ticket($0))] + Self.fieldArguments) })
    return try zip(ids, rows).compactMap { id, row in
      let key = TicketKeys.ticket(id)
      return try unreadable.leavingOut(key) {
        try Self.ticket(from: row.array().map { try $0.optional { try $0.bytes() } }, at: key)
      }
    }
  }

  private static let fieldArguments = fields.map { RedisArgument.string($0) }
}
