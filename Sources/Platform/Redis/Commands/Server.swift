extension RedisSender {
  package func ping(timeout: Duration? = nil) async throws {
    let reply = try await send(RedisCommand("PING"), timeout: timeout)
    guard try reply.string() == "PONG" else { throw reply.unexpected("PONG") }
  }

  /// Milliseconds since 1970 by the server's clock.
  package func time() async throws -> Int64 {
    try await send(RedisCommand("TIME")).serverTime()
  }

  /// `name:value` lines of a section such as `server`, `memory`, `replication`.
  package func info(_ section: String? = nil) async throws -> [String: String] {
    let command = RedisCommand("INFO", arguments: section.map { [.string($0)] } ?? [])
    var values: [String: String] = [:]
    for line in try await send(command).string().split(whereSeparator: \.isNewline) {
      guard let colon = line.firstIndex(of: ":"), !line.hasPrefix("#") else { continue }
      values[String(line[..<colon])] = String(line[line.index(after: colon)...])
    }
    return values
  }

  /// The settings that match the globs.
  package func configGet(_ patterns: String...) async throws -> [String: String] {
    let command = RedisCommand("CONFIG", arguments: ["GET"] + patterns.map { .string($0) })
    let fields = try RedisFields(await send(command))
    return Dictionary(fields.map { ($0.name.description, $0.value.description) }, uniquingKeysWith: { $1 })
  }
}

extension RESPValue {
  /// What `TIME` answers, in milliseconds since 1970.
  package func serverTime() throws -> Int64 {
    let parts = try array()
    guard parts.count == 2 else { throw unexpected("seconds and microseconds") }
    let (milliseconds, overflowed) = try parts[0].int64().multipliedReportingOverflow(by: 1000)
    let (sum, overflowedAgain) = milliseconds.addingReportingOverflow(try parts[1].int64() / 1000)
    guard !overflowed, !overflowedAgain else { throw unexpected("a time") }
    return sum
  }
}
