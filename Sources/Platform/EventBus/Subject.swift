import Redis

/// What an event is about. The raw value is the subject's name; its stream lives on the publisher's Redis, beside the
/// state whose change it tells of.
package enum Subject: String, Sendable, CaseIterable {
  case ticketCreated = "ticket:created"
  case ticketUpdated = "ticket:updated"
  case orderCreated = "order:created"
  case orderCancelled = "order:cancelled"
  case orderCompleted = "order:completed"
  case refundRequested = "refund:requested"
  case expirationComplete = "expiration:complete"
  case paymentCreated = "payment:created"
  case paymentDeclined = "payment:declined"
  case paymentAbandoned = "payment:abandoned"
  case paymentReversed = "payment:reversed"

  /// The service that publishes it.
  package var publisher: Participant {
    switch self {
    case .ticketCreated, .ticketUpdated: .tickets
    case .orderCreated, .orderCancelled, .orderCompleted, .refundRequested: .orders
    case .expirationComplete: .expiration
    case .paymentCreated, .paymentDeclined, .paymentAbandoned, .paymentReversed: .payments
    }
  }

  /// The services that must each have applied an event before it may be trimmed.
  package var subscribers: [Participant] {
    switch self {
    case .ticketCreated, .ticketUpdated: [.orders]
    case .orderCreated, .orderCancelled: [.tickets, .payments, .expiration]
    case .orderCompleted: [.tickets, .expiration]
    case .refundRequested: [.payments]
    case .expirationComplete, .paymentCreated, .paymentDeclined, .paymentAbandoned, .paymentReversed: [.orders]
    }
  }

  /// STREAM id key version at trace data
  package var stream: RedisKey { RedisKey("{\(publisher.rawValue)}:events:\(rawValue)") }

  /// STREAM of what a group gave up on: the entry's own fields, then source reason deliveries
  package func deadLetters(of group: Participant) -> RedisKey { RedisKey("\(stream.name):dead:\(group.group)") }

  package static func published(by participant: Participant) -> [Subject] {
    allCases.filter { $0.publisher == participant }
  }
}

/// A service that publishes events or subscribes to them.
package enum Participant: String, Sendable, CaseIterable {
  case tickets, orders, payments, expiration

  /// Its consumer group, in which its processes share the events.
  package var group: String { "\(rawValue)-service" }
}
