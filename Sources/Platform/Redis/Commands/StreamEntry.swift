/// One entry of a stream.
package struct StreamEntry: Sendable, Hashable {
  /// `<milliseconds>-<number>`
  package let id: String
  /// nil where the entry is pending in a group but has been trimmed or deleted meanwhile.
  package let fields: RedisFields?

  init(_ reply: RESPValue) throws {
    let parts = try reply.array()
    guard parts.count == 2 else { throw reply.unexpected("an entry") }
    id = try parts[0].string()
    fields = try parts[1].optional { try RedisFields($0) }
  }

  static func list(_ reply: RESPValue) throws -> [StreamEntry] { try reply.array().map(StreamEntry.init) }

  /// What `XREAD` and `XREADGROUP` answer; null is nothing.
  static func listByStream(_ reply: RESPValue) throws -> [(stream: RedisKey, entries: [StreamEntry])] {
    try reply.optional { try $0.array() }?.map { stream in
      let parts = try stream.array()
      guard parts.count == 2 else { throw stream.unexpected("a stream and its entries") }
      return (RedisKey(try parts[0].string()), try list(parts[1]))
    } ?? []
  }
}
