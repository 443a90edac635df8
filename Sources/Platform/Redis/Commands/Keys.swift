/// What `TYPE` says of a key.
package enum RedisType: String, Sendable, CaseIterable {
  case none, string, list, set, zset, hash, stream
}

extension RedisSender {

  package func exists(_ key: RedisKey) async throws -> Bool {
    try await send(RedisCommand("EXISTS", .key(key))).int() > 0
  }

  package func type(_ key: RedisKey) async throws -> RedisType {
    let reply = try await send(RedisCommand("TYPE", .key(key)))
    guard let type = RedisType(rawValue: try reply.string()) else { throw reply.unexpected("a type of key") }
    return type
  }

  /// One step of an iteration over the keys that match a glob; begins and ends with the cursor `0`. A key may come
  /// more than once.
  package func scan(
    cursor: String = "0", match pattern: String? = nil, count: Int = 100
  ) async throws -> (cursor: String, keys: [RedisKey]) {
    var command = RedisCommand("SCAN", .string(cursor))
    if let pattern { command.arguments += ["MATCH", .string(pattern)] }
    command.arguments += ["COUNT", .int(count)]
    let reply = try await send(command)
    let parts = try reply.array()
    guard parts.count == 2 else { throw reply.unexpected("a cursor and keys") }
    return (try parts[0].string(), try parts[1].array().map { RedisKey(try $0.string()) })
  }
}
