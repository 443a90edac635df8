import Redis

/// Every key of the orders service, apart from its events' streams (`Subject.stream`).
package enum OrderKeys {
  /// HASH id, userId, ticketId, title, price (cents), reservation (how many orders the ticket has had with this one),
  /// status, attempt, expiresAt, version, createdAt, updatedAt (Unix milliseconds), paymentId (empty: not paid), reason
  /// (empty: not cancelled), expired (1: the timer went off while a payment was under way); reversal, reversalAttempt,
  /// reversalVersion: what has become of an attempt's payment
  package static func order(_ id: String) -> RedisKey { RedisKey("{orders}:order:\(id)") }

  /// HASH id, title, price (cents), userId, version, editVersion, updatedAt: the latest that the tickets service has told of it;
  /// reservations: how many orders it has had here
  package static func ticket(_ id: String) -> RedisKey { RedisKey("{orders}:ticket:\(id)") }

  /// STRING id of the one order that holds the ticket; stays for ever once that order is complete
  package static func live(_ ticketID: String) -> RedisKey { RedisKey("{orders}:live:\(ticketID)") }

  /// ZSET ids of a user's orders, all with score 0: ids sort by age
  package static func user(_ id: String) -> RedisKey { RedisKey("{orders}:user:\(id)") }

  /// ZSET ids of the orders that are not final, by expiresAt
  package static let open = RedisKey("{orders}:open")

  /// STRING order id: this payment's refund was requested
  package static func refund(_ paymentID: String) -> RedisKey { RedisKey("{orders}:refund:\(paymentID)") }

  /// STREAM order, status: of each change of status, the latest few thousand
  package static let changes = RedisKey("{orders}:changes")

  /// HASH fingerprint, result: of a commit that may be repeated; expires
  package static func operation(_ id: String) -> RedisKey { RedisKey("{orders}:operation:\(id)") }
}
