import Identifiers
import Redis

/// The first verb: read a record by the names of its fields.
extension RedisClient {
  /// nil where nothing is stored.
  package func read<Value: Record>(_: Value.Type, _ id: Value.ID) async throws -> Value? {
    let command = Value.read(id)
    return try Value(stored: await send(command), id: id)
  }

  /// A record (nil: nothing is stored), and a time at which, or after which, it was so: one write on one connection, so
  /// the time is read first.
  package func readWithClock<Value: Record>(_: Value.Type, _ id: Value.ID) async throws
    -> (record: Value?, clock: ServerClock)
  {
    let instant = ContinuousClock.now
    let replies = try await send([RedisCommand("TIME"), Value.read(id)])
    guard replies.count == 2 else { throw RESPValue.array(replies).unexpected("two replies") }
    let clock = ServerClock(UnixTime(milliseconds: try replies[0].serverTime()), at: instant)
    return (try Value(stored: replies[1], id: id), clock)
  }

  package func clock() async throws -> ServerClock {
    let instant = ContinuousClock.now
    return ServerClock(UnixTime(milliseconds: try await time()), at: instant)
  }

  /// Those that there are of `ids`, in their order; what is malformed is left out.
  package func read<Value: Record>(_: Value.Type, _ ids: [Value.ID], _ unreadable: UnreadableRecords)
    async throws -> [Value]
  {
    let replies = try await send(ids.map { Value.read($0) })
    return try zip(ids, replies).compactMap { id, reply in
      try unreadable.leavingOut(Value.key(id)) { try Value(stored: reply, id: id) }
    }
  }

  /// One page of the records whose ids are in a list, newest first, and where the next page begins.
  package func readPage<Value: Record>(
    _: Value.Type, in list: RedisKey, _ page: PageRequest, _ unreadable: UnreadableRecords
  ) async throws -> (records: [Value], next: ULID?) where Value.ID == String {
    let (ids, next) = try await newestIDs(in: list, page)
    return (try await read(Value.self, ids, unreadable), next)
  }
}

extension Record {
  fileprivate static func read(_ id: ID) -> RedisCommand {
    RedisCommand("HMGET", arguments: [.key(key(id))] + fields.arguments)
  }

  fileprivate init?(stored reply: RESPValue, id: ID) throws {
    guard let stored = try StoredRecord(reply, at: Self.key(id), Self.fields) else { return nil }
    try self.init(stored, id: id)
  }
}
