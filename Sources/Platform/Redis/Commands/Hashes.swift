extension RedisSender {
  /// Empty where the key is absent.
  package func hgetall(_ key: RedisKey) async throws -> RedisFields {
    try RedisFields(await send(RedisCommand("HGETALL", .key(key))))
  }

  /// nil where the key or the field is absent.
  package func hget(_ key: RedisKey, _ field: String) async throws -> RedisBytes? {
    try await send(RedisCommand("HGET", .key(key), .string(field))).optional { try $0.bytes() }
  }

  /// A value or nil per field, in the order of `fields`.
  package func hmget(_ key: RedisKey, _ fields: [String]) async throws -> [RedisBytes?] {
    let command = RedisCommand("HMGET", arguments: [.key(key)] + fields.map { .string($0) })
    return try await send(command).array().map { try $0.optional { try $0.bytes() } }
  }
}
