import Redis

/// What an event is about. The raw value is the subject's name; its stream lives on the publisher's Redis.
package enum Subject: String, Sendable, CaseIterable {
  case ticketCreated = "ticket:created"
  case ticketUpdated = "ticket:updated"

  /// The service that publishes it.
  package var publisher: String {
    switch self {
    case .ticketCreated, .ticketUpdated: "tickets"
    }
  }

  /// STREAM
  package var stream: RedisKey { RedisKey("{\(publisher)}:events:\(rawValue)") }
}
