import EventBus
import Redis

/// Ways through everything that is stored, page by page.
extension Stores {
  private static let page = 500

  /// The ids of all keys that `key` makes.
  func walk(
    _ participant: Participant, _ key: (String) -> RedisKey, _ visit: ([String]) async throws -> Void
  ) async throws {
    let client = try self(participant)
    let prefix = key("").name.count
    var cursor = "0"
    repeat {
      let page = try await client.scan(cursor: cursor, match: key("*").name, count: Self.page)
      cursor = page.cursor
      if !page.keys.isEmpty { try await visit(page.keys.map { String($0.name.dropFirst(prefix)) }) }
    } while cursor != "0"
  }

  /// The members of a sorted set.
  func walk(
    _ participant: Participant, members key: RedisKey, _ visit: ([String]) async throws -> Void
  ) async throws {
    let client = try self(participant)
    var cursor = "0"
    repeat {
      let reply = try await reading(participant, key) {
        try await client.send(RedisCommand("ZSCAN", .key(key), .string(cursor), "COUNT", .int(Self.page)))
      }
      let parts = try reply.array()
      guard parts.count == 2 else { throw reply.unexpected("a cursor and members") }
      cursor = try parts[0].string()
      let pairs = try parts[1].array()
      let members = try stride(from: 0, to: pairs.count, by: 2).map { try pairs[$0].bytes().description }
      if !members.isEmpty { try await visit(members) }
    } while cursor != "0"
  }

  /// Names the key at which something is stored that is not what `read` asks for.
  private func reading<Value>(
    _ participant: Participant, _ key: RedisKey, _ read: () async throws -> Value
  ) async throws -> Value {
    do {
      return try await read()
    } catch let error as RedisError where !error.isOutage {
      throw UnreadableKey(key: key, reason: error.message, command: command(participant, "TYPE", key.name))
    }
  }

  /// The entries of a stream, from an id on.
  func walk(
    _ participant: Participant, entries stream: RedisKey, from start: String = "-",
    _ visit: ([StreamEntry]) async throws -> Void
  ) async throws {
    let client = try self(participant)
    var next = start
    while true {
      let entries = try await reading(participant, stream) {
        try await client.xrange(stream, from: next, count: Self.page)
      }
      if !entries.isEmpty { try await visit(entries) }
      guard let last = entries.last, entries.count == Self.page else { return }
      next = "(\(last.id)"
    }
  }
}

/// At a key of ours is something of another type: what would be found beneath it cannot be looked at.
struct UnreadableKey: Error {
  let key: RedisKey
  let reason: String
  let command: String

  func finding(hiding title: String) -> Finding {
    Finding(
      name: .recordMalformed, entity: "key \(key)", expected: "\(title) can be looked at",
      found: reason, command: command)
  }
}
