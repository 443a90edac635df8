import NIOCore

/// What a new connection says before anyone may use it: `AUTH`, `HELLO 2`, `CLIENT SETNAME`, `SELECT`, in one write.
struct Handshake {
  let url: RedisURL
  let clientName: String

  private var commands: [RedisCommand] {
    var commands: [RedisCommand] = []
    if let password = url.password {
      commands.append(
        RedisCommand("AUTH", arguments: (url.user.map { [.string($0)] } ?? []) + [.string(password)]))
    }
    commands.append(RedisCommand("HELLO", 2))
    commands.append(RedisCommand("CLIENT", "SETNAME", .string(clientName)))
    if url.database != 0 { commands.append(RedisCommand("SELECT", .int(url.database))) }
    return commands
  }

  func perform(on connection: RedisConnection, deadline: NIODeadline) async throws {
    let commands = commands
    let replies = try await connection.perform(.pipeline(commands), deadline: deadline).array()
    for (command, reply) in zip(commands, replies) {
      guard case .error(let text) = reply else { continue }
      try check(command, text)
    }
  }

  private func check(_ command: RedisCommand, _ text: String) throws(RedisError) {
    if text.hasPrefix("NOAUTH") {
      throw .authentication(
        "\(url) wants a password: put it into the URL, as in redis://user:password@host:6379 (\(text))")
    }
    switch command.name {
    case "AUTH": throw .authentication("\(url) refuses the user name or password of the URL (\(text))")
    // Redis before 6 and some proxies do not know HELLO, and an ACL may forbid CLIENT; both can be done without.
    case "HELLO" where text.hasPrefix("ERR unknown command"), "CLIENT": return
    default: throw .notConnected("\(url) refuses \(command.name): \(text)")
    }
  }
}
