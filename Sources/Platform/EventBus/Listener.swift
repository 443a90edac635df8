import Identifiers
import RPC

/// What a service does at the events of one subject.
///
/// An event may come more than once, after events that happened later, and twice at the same time. The newest version
/// of an aggregate wins: applying an event is one commit that is guarded by the version which the service has seen.
package struct Listener: Sendable {
  package let subject: Subject
  let apply: @Sendable (Delivery) async throws -> EventOutcome

  /// `apply` gets only messages that fit their header and whose ids are ids. It may throw: a `RedisError` of a store
  /// that is away or full makes the bus try again for as long as that lasts, any other error a few times, after which
  /// the event goes to the dead letters.
  package init<Message: EventMessage>(
    _: Message.Type, apply: @escaping @Sendable (Message, EventHeader) async throws -> EventOutcome
  ) {
    self.init(subject: Message.subject) { delivery in
      let message: Message = try delivery.message()
      try message.check(against: delivery.header)
      return try await apply(message, delivery.header)
    }
  }

  /// Without a look at the message.
  init(subject: Subject, apply: @escaping @Sendable (Delivery) async throws -> EventOutcome) {
    self.subject = subject
    self.apply = apply
  }
}

/// What became of an event.
package enum EventOutcome: Sendable, Hashable {
  /// It is in the store now, or it concerns nothing that this service keeps.
  case applied
  /// It, or a newer one of the same aggregate, had been applied before.
  case duplicate
  /// Not before this time has passed. For seconds at most, since a process keeps only so many entries that wait.
  case later(Duration)

  /// For metrics.
  var name: String {
    switch self {
    case .applied: "applied"
    case .duplicate: "duplicate"
    case .later: "later"
    }
  }
}

/// The plain fields of an event.
package struct EventHeader: Sendable, Hashable {
  package let subject: Subject
  /// A ULID of the event's own.
  package let id: String
  /// The id of the aggregate that changed.
  package let key: String
  /// The aggregate's version after the change, from 0.
  package let version: Int64
  package let at: UnixTime
  /// The W3C traceparent, or the request id, of what caused it. Empty: unknown.
  package let trace: String
}
