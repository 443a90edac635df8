import Redis

/// Every key of the expiration service, apart from its events' stream (`Subject.stream`).
package enum ExpirationKeys {
  /// ZSET order id -> when its time to pay is over, in Unix milliseconds; what has fired is not in it
  package static let due = RedisKey("{expiration}:due")

  /// HASH order id -> the trace of what reserved its ticket, while the timer is set
  static let traces = RedisKey("{expiration}:traces")

  /// STRING version of the order last seen; expires a week after the order's time
  package static func order(_ id: String) -> RedisKey { RedisKey("{expiration}:order:\(id)") }
}
