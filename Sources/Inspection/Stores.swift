import EventBus
import Logging
import NIOCore
import Redis

/// The Redis servers of a platform, one per service or fewer.
package struct Stores: Sendable {
  private let servers: [Participant: Server]

  struct Server: Sendable {
    let client: RedisClient
    /// redis-cli and how it gets there.
    let shell: String
  }

  /// `urls` says where each service keeps its state. Nothing is asked before `run()`.
  package init(
    _ urls: [Participant: RedisURL], tls: RedisTLS = RedisTLS(), group: any EventLoopGroup, logger: Logger
  ) {
    var known: [RedisURL: Server] = [:]
    servers = urls.mapValues { url in
      if let server = known[url] { return server }
      var configuration = RedisClient.Configuration()
      configuration.tls = tls
      configuration.connectionCount = 1
      configuration.clientName = "ticketing-inspection"
      // A page of a large stream on a busy server.
      configuration.commandTimeout = .seconds(30)
      let server = Server(
        client: RedisClient(url: url, configuration: configuration, group: group, logger: logger),
        shell: Self.shell(url))
      known[url] = server
      return server
    }
  }

  /// nil: nothing was said of where it is.
  func server(_ participant: Participant) throws -> Server {
    guard let server = servers[participant] else {
      throw InspectionError("it is not known where \(participant.rawValue) keeps its state")
    }
    return server
  }

  package func callAsFunction(_ participant: Participant) throws -> RedisClient { try server(participant).client }

  /// Each server once, with the services that are on it.
  package var distinct: [(client: RedisClient, participants: [Participant])] {
    Participant.allCases.reduce(into: []) { list, participant in
      guard let client = servers[participant]?.client else { return }
      if let index = list.firstIndex(where: { $0.client === client }) {
        list[index].participants.append(participant)
      } else {
        list.append((client, [participant]))
      }
    }
  }

  /// The command that shows a person what was found, for a shell.
  func command(_ participant: Participant, _ words: String...) -> String { command(participant, words) }

  func command(_ participant: Participant, _ words: [String]) -> String {
    let words = words.map { word in
      let isPlain = word.utf8.allSatisfy { byte in
        byte > 0x20 && byte < 0x7f && !#"'"$`\{}*?[]()<>|&;#~!"#.utf8.contains(byte)
      }
      return isPlain ? word : "'\(word.replacing("'", with: #"'\''"#))'"
    }
    return ([servers[participant]?.shell ?? "redis-cli"] + words).joined(separator: " ")
  }

  private static func shell(_ url: RedisURL) -> String {
    // A password stays out of terminals and of files that they are copied to.
    guard url.password == nil, !url.usesTLS else { return "redis-cli -u \"$REDIS_URL\"" }
    let database = url.database == 0 ? "" : " -n \(url.database)"
    switch url.address {
    case .unixSocket(let path): return "redis-cli -s \(path)\(database)"
    case .tcp(let host, let port): return "redis-cli -h \(host) -p \(port)\(database)"
    }
  }

  /// Runs `body` while the clients are connected. Throws `StoreAway` where a server does not answer.
  package func whileConnected<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws
    -> Result
  {
    try await withThrowingTaskGroup(of: Result?.self) { group in
      for (client, _) in distinct {
        group.addTask {
          try await client.run()
          return nil
        }
      }
      group.addTask {
        for (client, _) in distinct { try await greet(client) }
        return try await body()
      }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }

  private func greet(_ client: RedisClient) async throws {
    do {
      try await client.ping()
    } catch let error as RedisError {
      throw StoreAway("Redis does not answer: \(error.message)")
    }
  }
}

/// Redis is not there, or does not let us in: one sentence.
package struct StoreAway: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Why something cannot be looked at or done, in one sentence.
package struct InspectionError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
