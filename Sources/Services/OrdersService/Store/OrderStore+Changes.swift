import EventBus
import Identifiers
import Redis

/// What came of a trigger.
enum OrderOutcome: Sendable, Hashable {
  case changed(Order)
  /// It was so already, or the trigger has been overtaken.
  case unchanged(Order)
  /// So much is left until the trigger's time.
  case tooEarly(by: Duration)
}

extension OrderStore {
  /// How often a decision that lost against another change is made anew.
  private static let attempts = 8

  /// Decides on what is stored and writes the change, anew wherever something else came first. nil: no such order.
  /// Throws `OrderError` where the trigger is refused.
  func apply(_ trigger: OrderTrigger, to id: ULID, trace: String) async throws -> OrderOutcome? {
    for _ in 0..<Self.attempts {
      guard let (order, now) = try await orderAndTime(id) else { return nil }
      switch order.decide(trigger, at: now) {
      case .nothing: return .unchanged(order)
      case .tooEarly: return .tooEarly(by: now.duration(to: order.expiresAt))
      case .refused(let error): throw error
      case .change(let change):
        switch try await persist(change, at: now, trace: trace) {
        case .written: return .changed(change.order)
        case .refundRequestedBefore: return .unchanged(order)
        case .superseded: continue
        }
      }
    }
    throw OrderError.concurrentUpdate
  }

  enum Persistence: Sendable, Hashable {
    case written
    /// The order is no longer what the change was made from: nothing is written.
    case superseded
    /// The payment with which the change deals has been given back, or is going to be: nothing is written.
    case refundRequestedBefore
  }

  func persist(_ change: OrderChange, at now: UnixTime, trace: String) async throws -> Persistence {
    let outcome = try await commit(change, freeing: change.freesTicket, at: now, trace: trace)
    // A live pointer that is another's stays; that must not keep the order from being cancelled.
    guard outcome == nil else { return outcome ?? .superseded }
    return try await commit(change, freeing: false, at: now, trace: trace) ?? .superseded
  }

  /// nil: the ticket's live pointer is not this order.
  private func commit(_ change: OrderChange, freeing: Bool, at now: UnixTime, trace: String) async throws
    -> Persistence?
  {
    let order = change.order
    var commit = Commit()
    commit.operation(
      key: OrderKeys.operation(ULID().description), fingerprint: "", result: [], expiry: Self.retryWindow)
    commit.guardDecision(change)
    let payment = change.payment.map { commit.require(absent: OrderKeys.refund($0)) }
    let live = freeing ? commit.require(OrderKeys.live(order.ticketID), equals: order.id) : nil
    commit.write(change, at: now)
    if freeing { commit.delete(OrderKeys.live(order.ticketID)) }
    if let event = try Event(change, at: now, trace: trace) { commit.publish(event) }

    switch try await redis.commit(commit) {
    case .applied, .repeated: return .written
    case .refused(let index, _) where index == payment: return .refundRequestedBefore
    case .refused(let index, _) where index == live: return nil
    case .refused: return .superseded
    }
  }
}

extension Commit {
  /// Holds while all is so of which the decision was made.
  fileprivate mutating func guardDecision(_ change: OrderChange) {
    let key = OrderKeys.order(change.before.id)
    require(key, field: "status", equals: change.before.status.rawValue)
    require(key, field: "attempt", equals: .integer(change.before.attempt))
    switch change.condition {
    case .always: break
    case .beforeExpiry: require(before: change.before.expiresAt.milliseconds)
    case .atOrAfterExpiry: require(atOrAfter: change.before.expiresAt.milliseconds)
    }
  }

  fileprivate mutating func write(_ change: OrderChange, at now: UnixTime) {
    let order = change.order
    if case .refundRequested(let paymentID, _) = change.publication {
      return set(OrderKeys.refund(paymentID), .string(order.id))
    }
    let key = OrderKeys.order(order.id)
    hashSet(key, OrderRecord.changing(order, at: now))
    // Only where it is new: others write from a copy of the order that may be older than the note.
    if order.isOverdue, !change.before.isOverdue { hashSet(key, [("expired", 1)]) }
    if change.closes { sortedSetRemove(OrderKeys.open, member: .string(order.id)) }
    if change.changesStatus { announce(order) }
  }
}
