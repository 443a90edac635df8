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
}
