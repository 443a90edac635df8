import Redis

/// The Redis servers on which the streams are that a service reads.
package struct EventSources: Sendable {
  private let clients: [Participant: RedisClient]

  package init(_ clients: [Participant: RedisClient]) {
    self.clients = clients
  }

  /// All on one server.
  package init(all client: RedisClient) {
    clients = Dictionary(uniqueKeysWithValues: Participant.allCases.map { ($0, client) })
  }

  /// nil: the composition has left it out.
  package subscript(publisher: Participant) -> RedisClient? { clients[publisher] }
}
