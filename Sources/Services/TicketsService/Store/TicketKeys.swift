import Redis

/// Every key of the tickets service, apart from its events' streams (`Subject.stream`).
package enum TicketKeys {
  /// HASH id, title, price (cents), userId, orderId (empty: free), version, editVersion (of its last edit), createdAt,
  /// updatedAt (Unix milliseconds), sold (1; absent: not sold), reservation, orderVersion (of the latest event of its orders; absent:
  /// none yet)
  package static func ticket(_ id: String) -> RedisKey { RedisKey("{tickets}:ticket:\(id)") }

  /// ZSET ids of the tickets that can be bought, all with score 0: ids sort by age
  package static let available = RedisKey("{tickets}:available")

  /// ZSET ids of all tickets of their owner, all with score 0: ids sort by age
  package static func user(_ id: String) -> RedisKey { RedisKey("{tickets}:user:\(id)") }

  /// HASH fingerprint, result: of a commit that may be repeated; expires
  package static func operation(_ id: String) -> RedisKey { RedisKey("{tickets}:operation:\(id)") }
}
