/// A Lua script, known to the server by its digest.
package struct RedisScript: Sendable, Hashable {
  /// The text, with a comment on top: what it does, KEYS[n] (TYPE), ARGV[n], what it returns.
  package let text: String
  /// SHA-1 of the text in lower-case hexadecimal, as `EVALSHA` wants it.
  package let digest: String

  package init(_ text: String) {
    self.text = text
    digest = SHA1.hexDigest(text)
  }
}

extension RedisSender {
  /// `EVALSHA`; where the server does not know the script (new, restarted, flushed), `EVAL`, which teaches it.
  package func run(
    _ script: RedisScript, keys: [RedisKey], arguments: [RedisArgument], timeout: Duration? = nil
  ) async throws -> RESPValue {
    var command = RedisCommand("EVALSHA", arguments: [.string(script.digest), .int(keys.count)])
    command.arguments.reserveCapacity(2 + keys.count + arguments.count)
    for key in keys { command.arguments.append(.string(key.name)) }
    command.arguments.append(contentsOf: arguments)
    do {
      return try await send(command, timeout: timeout)
    } catch let error as RedisError where error.code == "NOSCRIPT" {
      command.arguments[0] = .string(script.text)
      return try await send(RedisCommand("EVAL", arguments: command.arguments), timeout: timeout)
    }
  }
}
