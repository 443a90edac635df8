import Redis

/// Every key of the auth service.
enum AuthKeys {
  /// HASH id, email, password (a `PasswordRecord`), createdAt (Unix milliseconds)
  static func user(_ id: String) -> RedisKey { RedisKey("{auth}:user:\(id)") }

  /// HASH email -> user id
  static let emails = RedisKey("{auth}:emails")

  /// HASH fingerprint, result: of a commit that may be repeated; expires
  static func operation(_ id: String) -> RedisKey { RedisKey("{auth}:operation:\(id)") }

  /// STRING attempts in the running minute; expires with it
  static func attempts(_ action: String, _ subject: String) -> RedisKey {
    RedisKey("{auth}:attempts:\(action):\(subject)")
  }
}
