import Identifiers
import RPC

/// What a service does at the events of one subject.
///
/// An event may come more than once, after events that happened later, and twice at the same time; so applying it is
/// one commit that is guarded by the version which the service has seen of the aggregate.
package struct Listener: Sendable {
  package let subject: Subject
  let apply: @Sendable (Delivery) async throws -> Application

  /// `apply` may throw: a `RedisError` of a store that is away or full makes the bus try again for as long as that
  /// lasts, any other error a few times, after which the event goes to the dead letters.
  package init<Message: RPCMessage>(
    _ subject: Subject, _ message: Message.Type,
    apply: @escaping @Sendable (Message, EventHeader) async throws -> Application
  ) {
    self.subject = subject
    self.apply = { delivery in try await apply(try delivery.message(), delivery.header) }
  }
}

/// What became of an event.
package enum Application: Sendable, Hashable {
  /// It is in the store now, or it concerns nothing that this service keeps.
  case applied
  /// It had been applied before.
  case duplicate
  /// An earlier one of the same aggregate is missing: try again in a moment. Streams of two subjects have no common
  /// order, so this is usual; the bus gives up only after `SubscriberSettings.gapPatience`.
  case gap
}

extension Application {
  /// The rule for an event of `version` where the store has seen `seen` (nil: nothing yet) of its aggregate.
  /// nil: it is the next one, apply it.
  package static func verdict(on version: Int64, seen: Int64?) -> Application? {
    guard let seen else { return version == 0 ? nil : .gap }
    if version <= seen { return .duplicate }
    return version - 1 == seen ? nil : .gap
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

  package init(subject: Subject, id: String, key: String, version: Int64, at: UnixTime, trace: String) {
    self.subject = subject
    self.id = id
    self.key = key
    self.version = version
    self.at = at
    self.trace = trace
  }
}
