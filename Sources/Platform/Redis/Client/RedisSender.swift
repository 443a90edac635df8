/// What commands can be sent on. The typed commands (`Commands/`) are extensions of this, so the client and a
/// connection of one's own have the same ones.
package protocol RedisSender: Sendable {
  /// Throws `RedisError` for an error reply too. `timeout` nil is the configuration's.
  func send(_ command: RedisCommand, timeout: Duration?) async throws -> RESPValue
}

extension RedisSender {
  package func send(_ command: RedisCommand) async throws -> RESPValue { try await send(command, timeout: nil) }
}
