import Redis

/// An entry that the server has given to this consumer, from then until it is acknowledged.
struct HeldEntry: Sendable {
  enum Phase: Sendable {
    /// In its lane, or being applied.
    case inLane
    /// In the retry queue.
    case waiting
    /// Applied; its acknowledgement is on the way.
    case applied
  }

  /// An event, or why the entry is none. nil: it has been removed from the stream, and there is nothing to apply.
  var content: Result<Delivery, MalformedEvent>?
  var history: DeliveryHistory
  var phase = Phase.inLane
  /// When the server last heard that we have it.
  var touched: ContinuousClock.Instant
  /// The server does not know of the last failure yet.
  var hasNewFailure = false
  /// Set once it is a dead letter: what is left to do is to move it to the others.
  var deadLetterReason: String?

  init(_ entry: StreamEntry, subject: Subject, deliveries: Int, at now: ContinuousClock.Instant) {
    content = entry.fields.map { fields in
      Result { () throws(MalformedEvent) in try Delivery(fields, subject: subject) }
    }
    history = DeliveryHistory(deliveries: deliveries)
    touched = now
  }

  /// What orders it among others: entries of one key are applied one after the other.
  func laneKey(_ id: EntryID) -> String {
    if case .success(let delivery) = content { return delivery.header.key }
    return "\(id.subject.rawValue) \(id.id)"
  }
}
