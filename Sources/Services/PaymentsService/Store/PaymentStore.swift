import EventBus
import Identifiers
import Records
import Redis

/// Orders as payments knows them, and the attempts to pay them, in Redis. Each change and its events are one commit.
struct PaymentStore: Sendable {
  let redis: RedisClient

  enum WriteOutcome: Sendable, Hashable {
    case written
    /// The attempt is no longer the one that the change was made from.
    case outdated
    /// The intent whose id it would store is another attempt's.
    case idTaken
  }

  /// nil: no event of it has come, and nobody has tried to pay it.
  func order(_ id: String) async throws -> PayableOrder? { try await redis.read(PayableOrder.self, id) }

  func attempt(_ id: AttemptID) async throws -> Attempt? { try await redis.read(Attempt.self, id) }

  /// An attempt, and the time.
  func attemptAndClock(_ id: AttemptID) async throws -> (attempt: Attempt?, clock: ServerClock) {
    let (attempt, clock) = try await redis.readWithClock(Attempt.self, id)
    return (attempt, clock)
  }

  /// Takes over what an event says of an order, unless a later one has been. Attempts to pay it stay.
  func learn(_ order: PayableOrder) async throws -> EventOutcome {
    let key = PayableOrder.key(order.id)
    var commit = Commit()
    commit.require(key, field: "version", below: order.version)
    commit.hashSet(key, order.replicaValues)
    return try await redis.applyOnce(commit, at: key)
  }

  /// Writes a change over the attempt that it was made from, and when it is to be looked at again.
  func write(
    _ change: AttemptChange, over before: Attempt, nextTry: UnixTime, at now: UnixTime
  ) async throws -> WriteOutcome {
    let outcome = try await commit(change, over: before, nextTry, now)
    guard outcome == .idTaken, let stripeID = change.attempt.stripeID,
      try await attempt(ofIntent: stripeID) == before.id
    else { return outcome }
    return try await commit(change, over: before, nextTry, now, ownsID: true)
  }

  /// `ownsID`: the intent's id is noted as this attempt's already.
  private func commit(
    _ change: AttemptChange, over before: Attempt, _ nextTry: UnixTime, _ now: UnixTime, ownsID: Bool = false
  ) async throws -> WriteOutcome {
    let after = change.attempt
    var commit = Commit()
    commit.require(Attempt.key(before.id), field: "revision", equals: .integer(before.revision))
    var idGuard: Int?
    if before.stripeID == nil, let stripeID = after.stripeID {
      idGuard = commit.claim(stripeID, for: after.id, isOwn: ownsID)
    }
    if after.status != before.status, before.status.bars {
      // No other attempt can have begun while this one barred it, so the order still names this one.
      let order = PaymentKeys.order(before.id.orderID)
      commit.require(order, field: "attempt", equals: .integer(before.id.number))
      commit.hashSet(order, [("attemptStatus", .string(after.status.rawValue))])
    }
    commit.hashSet(Attempt.key(before.id), after.variableValues)
    if after.status.isMoney || before.status.isMoney {
      commit.hashSet(PaymentKeys.payment(after.paymentID), after.paymentValues(at: now))
    }
    if after.isOpen { commit.lookAgain(at: after.id, at: nextTry) } else { commit.resolve(after.id) }
    commit.move(after.id, from: before.status, to: after.status, at: now)
    for event in change.events { try commit.publish(event, at: now, trace: after.trace) }
    if case .refused(let index, _) = try await redis.commit(commit) { return index == idGuard ? .idTaken : .outdated }
    return .written
  }

  /// Nothing is left to be done about an attempt as it was read.
  func resolve(_ attempt: Attempt) async throws {
    var commit = Commit()
    commit.require(Attempt.key(attempt.id), field: "revision", equals: .integer(attempt.revision))
    commit.resolve(attempt.id)
    _ = try await redis.commit(commit)
  }

  /// The attempt to which an intent belongs; nil: none that is known.
  func attempt(ofIntent stripeID: String) async throws -> AttemptID? {
    try await redis.get(PaymentKeys.stripe(stripeID))?.string.flatMap { AttemptID($0) }
  }
}

extension Attempt.Status {
  /// While an order's attempt is in this state there is no other one.
  var bars: Bool { self == .pending || self == .succeeded }

  /// The processor has, or had, the money.
  fileprivate var isMoney: Bool { self == .succeeded || self == .refunding || self == .refunded }
}

extension Commit {
  /// One intent of the processor belongs to one attempt.
  mutating func claim(_ stripeID: String, for attempt: AttemptID, isOwn: Bool) -> Int {
    let key = PaymentKeys.stripe(stripeID)
    if isOwn { return require(key, equals: attempt.description) }
    let index = require(absent: key)
    set(key, .string(attempt.description))
    return index
  }

  mutating func lookAgain(at attempt: AttemptID, at time: UnixTime) {
    sortedSetAdd(
      PaymentKeys.unresolved, score: Double(time.milliseconds), member: .string(attempt.description))
  }

  mutating func resolve(_ attempt: AttemptID) {
    sortedSetRemove(PaymentKeys.unresolved, member: .string(attempt.description))
  }

  /// Keeps the sets of those for which somebody is waiting, or must look.
  fileprivate mutating func move(
    _ attempt: AttemptID, from before: Attempt.Status, to after: Attempt.Status, at now: UnixTime
  ) {
    guard before != after else { return }
    let member = RedisArgument.string(attempt.description)
    for (status, key) in [(Attempt.Status.refunding, PaymentKeys.owed), (.unsettled, PaymentKeys.unsettled)] {
      if after == status { sortedSetAdd(key, score: Double(now.milliseconds), member: member) }
      if before == status { sortedSetRemove(key, member: member) }
    }
  }
}
