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

  /// Those that there are of `ids`, in their order. A record that cannot be read is left out: it is nothing that the
  /// others should be kept back for.
  func tickets(_ ids: [ULID]) async throws -> [Ticket] {
    let ids = ids.map(\.description)
    return try zip(ids, await rows(of: ids)).compactMap { id, row in try? Self.ticket(id, from: row) }
  }

  private func tickets(in key: RedisKey, _ page: PageRequest) async throws -> (tickets: [Ticket], next: ULID?) {
    let (ids, next) = try await redis.newestIDs(in: key, page)
    let tickets = try zip(ids, await rows(of: ids)).compactMap { id, row in try Self.ticket(id, from: row) }
    return (tickets, next)
  }

  private func rows(of ids: [String]) async throws -> [RESPValue] {
    try await redis.send(
      ids.map { RedisCommand("HMGET", arguments: [.key(TicketKeys.ticket($0))] + Self.fieldArguments) })
  }

  private static func ticket(_ id: String, from row: RESPValue) throws -> Ticket? {
    try ticket(from: row.array().map { try $0.optional { try $0.bytes() } }, at: TicketKeys.ticket(id))
  }

  private static let fieldArguments = fields.map { RedisArgument.string($0) }
}
