extension RedisSender {

  /// Entries from `start` to `end`, both included (`(` before an id excludes it).
  package func xrange(
    _ key: RedisKey, from start: String = "-", to end: String = "+", count: Int? = nil
  ) async throws -> [StreamEntry] {
    try StreamEntry.list(await send(.range("XRANGE", key, start, end, count)))
  }

  /// The newest first: from `end` down to `start`.
  package func xrevrange(
    _ key: RedisKey, from end: String = "+", to start: String = "-", count: Int? = nil
  ) async throws -> [StreamEntry] {
    try StreamEntry.list(await send(.range("XREVRANGE", key, end, start, count)))
  }

  /// Entries per stream after an id, in the order of `streams`; streams without any are left out, and so are absent ones.
  ///
  /// With `block` the server holds the answer back until there is an entry or that time is over: only on a
  /// `RedisBlockingConnection`. The deadline is `block` and the command's usual time on top.
  package func xread(
    _ streams: [(RedisKey, after: String)], count: Int, block: Duration? = nil, timeout: Duration = .seconds(5)
  ) async throws -> [(stream: RedisKey, entries: [StreamEntry])] {
    var arguments: [RedisArgument] = ["COUNT", .int(count)]
    // BLOCK 0 would be for ever, so the shortest block is a millisecond.
    if let block { arguments += ["BLOCK", .integer(try block.redisMilliseconds())] }
    arguments.append("STREAMS")
    arguments += streams.map { .key($0.0) }
    arguments += streams.map { .string($0.after) }
    return try StreamEntry.listByStream(
      await send(RedisCommand("XREAD", arguments: arguments), timeout: (block ?? .zero) + timeout))
  }

  package func xlen(_ key: RedisKey) async throws -> Int {
    try await send(RedisCommand("XLEN", .key(key))).int()
  }

  /// Throws with code `ERR` where there is no such key.
  package func xinfoStream(_ key: RedisKey) async throws -> StreamInfo {
    try StreamInfo(RedisFieldValues(await send(RedisCommand("XINFO", "STREAM", .key(key)))))
  }
}

extension RedisCommand {
  fileprivate static func range(
    _ name: String, _ key: RedisKey, _ first: String, _ last: String, _ count: Int?
  ) -> RedisCommand {
    let limit: [RedisArgument] = count.map { ["COUNT", .int($0)] } ?? []
    return RedisCommand(name, arguments: [.key(key), .string(first), .string(last)] + limit)
  }
}

/// What `XINFO STREAM` says.
package struct StreamInfo: Sendable, Hashable {
  package let length: Int
  package let groups: Int
  package let lastGeneratedID: String
  /// nil in an empty stream.
  package let firstEntry: StreamEntry?

  init(_ values: RedisFieldValues) throws {
    length = try values.required("length").int()
    groups = try values.required("groups").int()
    lastGeneratedID = try values.required("last-generated-id").string()
    firstEntry = try values.required("first-entry").optional { try StreamEntry($0) }
  }
}

/// Name-value pairs whose values are of any type.
struct RedisFieldValues {
  private let values: [String: RESPValue]

  init(_ reply: RESPValue) throws {
    let elements = try reply.array()
    guard elements.count.isMultiple(of: 2) else { throw reply.unexpected("pairs of name and value") }
    values = try stride(from: 0, to: elements.count, by: 2).reduce(into: [:]) {
      $0[try elements[$1].string()] = elements[$1 + 1]
    }
  }

  func required(_ name: String) throws -> RESPValue {
    guard let value = values[name] else { throw RedisError.unexpectedReply("\(name) is missing") }
    return value
  }

  /// nil where it is missing, as in replies of older servers.
  subscript(name: String) -> RESPValue? { values[name] }
}
