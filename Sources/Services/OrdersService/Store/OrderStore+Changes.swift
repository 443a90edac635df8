import EventBus
import EventMessages
import Identifiers
import Records
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
  /// Decides on what is stored and writes the change. nil: no such order. Throws `OrderError` where the trigger is
  /// refused, and `Contended`.
  func apply(_ trigger: OrderTrigger, to id: ULID, trace: String) async throws -> OrderOutcome? {
    try await redis.decide {
      let (order, clock) = try await redis.readWithClock(Order.self, id.description)
      guard let order else { return .settled(nil) }
      switch order.decide(trigger, at: clock.reading) {
      case .nothing: return .settled(.unchanged(order))
      case .tooEarly: return .settled(.tooEarly(by: clock.reading.duration(to: order.expiresAt)))
      case .refused(let error): throw error
      case .change(let change): return try write(change, at: clock.reading, trace: trace)
      }
    }
  }

  func write(_ change: OrderChange, at now: UnixTime, trace: String) throws -> Decision<OrderOutcome?> {
    let whole = try OrderCommit(change, freeing: change.freesTicket, at: now, trace: trace)
    return .write(whole.commit, .changed(change.order)) { index in
      if index == whole.payment { return .settled(.unchanged(change.before)) }
      guard index == whole.live else { return .again }
      // A live pointer that is another's stays; that must not keep the order from being cancelled.
      let rest = try OrderCommit(change, freeing: false, at: now, trace: trace)
      return .write(rest.commit, .changed(change.order))
    }
  }

  /// Notes what has become of a payment of an order, whatever the order's status: the payment's completing it may be
  /// heard of later. false: something newer is noted; nil: no such order. Throws `Contended`.
  func note(_ note: ReversalNote, on id: ULID) async throws -> Bool? {
    try await redis.decide {
      guard let order = try await order(id) else { return .settled(nil) }
      guard note.isNewer(than: order.reversalNote) else { return .settled(false) }
      let key = Order.key(order.id)
      var commit = Commit()
      commit.require(key, field: "status", equals: order.status.rawValue)
      if let seen = order.reversalNote {
        commit.require(key, field: "reversalAttempt", equals: .integer(seen.attempt))
        commit.require(key, field: "reversalVersion", equals: .integer(seen.version))
      } else {
        commit.require(key, fieldAbsent: "reversal")
      }
      commit.hashSet(key, note.values)
      commit.announce(order)
      return .write(commit, true)
    }
  }
}

/// A change of an order as one commit, and which of its guards say more than that somebody came first.
private struct OrderCommit: Sendable {
  private(set) var commit = Commit()
  /// The payment with which the change deals has not been given back, and is not going to be.
  private(set) var payment: Int?
  /// The ticket's live pointer is this order.
  private(set) var live: Int?

  init(_ change: OrderChange, freeing: Bool, at now: UnixTime, trace: String) throws {
    let order = change.order
    commit.repeatable(as: OrderKeys.operation(ULID().description))
    guardDecision(change)
    payment = change.payment.map { commit.require(absent: OrderKeys.refund($0)) }
    live = freeing ? commit.require(OrderKeys.live(order.ticketID), equals: order.id) : nil
    write(change, at: now)
    if freeing { commit.delete(OrderKeys.live(order.ticketID)) }
    if let event = try Event(change, at: now, trace: trace) { commit.publish(event) }
  }

  /// Holds while all is so of which the decision was made.
  private mutating func guardDecision(_ change: OrderChange) {
    let key = Order.key(change.before.id)
    commit.require(key, field: "status", equals: change.before.status.rawValue)
    commit.require(key, field: "attempt", equals: .integer(change.before.attempt))
    switch change.condition {
    case .always: break
    case .beforeExpiry: commit.require(before: change.before.expiresAt.milliseconds)
    case .atOrAfterExpiry: commit.require(atOrAfter: change.before.expiresAt.milliseconds)
    }
  }

  private mutating func write(_ change: OrderChange, at now: UnixTime) {
    let order = change.order
    if case .refundRequested(let paymentID, _) = change.publication {
      return commit.set(OrderKeys.refund(paymentID), .string(order.id))
    }
    let key = Order.key(order.id)
    commit.hashSet(key, order.changingValues(at: now))
    // Only where it is new: others write from a copy of the order that may be older than the note.
    if order.isOverdue, !change.before.isOverdue { commit.hashSet(key, [("expired", 1)]) }
    if change.closes { commit.sortedSetRemove(OrderKeys.open, member: .string(order.id)) }
    if change.changesStatus { commit.announce(order) }
  }
}
