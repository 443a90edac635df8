import EventBus
import Identifiers
import Redis
import ServiceHost

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
  func order(_ id: String) async throws -> PayableOrder? {
    let key = PaymentKeys.order(id)
    let fields = try await redis.hgetall(key)
    return fields.isEmpty ? nil : try PayableOrder(fields, id: id, at: key)
  }

  func attempt(_ id: AttemptID) async throws -> Attempt? {
    let key = PaymentKeys.intent(id)
    let fields = try await redis.hgetall(key)
    return fields.isEmpty ? nil : try Attempt(fields, id: id, at: key)
  }

  /// An attempt, and the time.
  func attemptAndClock(_ id: AttemptID) async throws -> (attempt: Attempt?, clock: ServerClock) {
    let key = PaymentKeys.intent(id)
    let (fields, clock) = try await fieldsAndClock(key)
    return (fields.isEmpty ? nil : try Attempt(fields, id: id, at: key), clock)
  }

  /// An order as far as it is known here (nil: not at all), and the time.
  func orderAndClock(_ id: String) async throws -> (order: PayableOrder?, clock: ServerClock) {
    let key = PaymentKeys.order(id)
    let (fields, clock) = try await fieldsAndClock(key)
    return (fields.isEmpty ? nil : try PayableOrder(fields, id: id, at: key), clock)
  }

  func clock() async throws -> ServerClock {
    let instant = ContinuousClock.now
    return ServerClock(UnixTime(milliseconds: try await redis.time()), at: instant)
  }

  private func fieldsAndClock(_ key: RedisKey) async throws -> (RedisFields, ServerClock) {
    let instant = ContinuousClock.now
    let replies = try await redis.send([RedisCommand("TIME"), RedisCommand("HGETALL", .key(key))])
    guard replies.count == 2 else { throw RESPValue.array(replies).unexpected("two replies") }
    let clock = ServerClock(UnixTime(milliseconds: try replies[0].serverTime()), at: instant)
    return (try RedisFields(replies[1]), clock)
  }

  /// Writes a change over the attempt that it was made from, and when it is to be looked at again; false: that is no
  /// longer the stored one.
  func write(_ change: Change, over before: Attempt, nextTry: UnixTime) async throws -> Bool {
    try await write(change, over: before, nextTry: nextTry, at: try await clock().now) == .written
  }

  func write(_ change: Change, over before: Attempt, nextTry: UnixTime, at now: UnixTime) async throws -> WriteOutcome {
    let outcome = try await commit(change, over: before, nextTry, now)
    guard outcome == .idTaken, let stripeID = change.attempt.stripeID,
      try await redis.get(PaymentKeys.stripe(stripeID)).map({ $0 == before.id.description }) == true
    else { return outcome }
    return try await commit(change, over: before, nextTry, now, ownsID: true)
  }

  /// `ownsID`: the intent's id is noted as this attempt's already.
  private func commit(
    _ change: Change, over before: Attempt, _ nextTry: UnixTime, _ now: UnixTime, ownsID: Bool = false
  ) async throws -> WriteOutcome {
    let after = change.attempt
    let member = RedisArgument.string(after.id.description)
    var commit = Commit()
    commit.require(PaymentKeys.intent(before.id), field: "revision", equals: .integer(before.revision))
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
    commit.hashSet(PaymentKeys.intent(before.id), after.variableFields)
    if after.status.isMoney || before.status.isMoney {
      commit.hashSet(PaymentKeys.payment(after.paymentID), after.paymentFields(at: now))
    }
    if after.isOpen {
      commit.sortedSetAdd(PaymentKeys.unresolved, score: Double(nextTry.milliseconds), member: member)
    } else {
      commit.sortedSetRemove(PaymentKeys.unresolved, member: member)
    }
    commit.move(member, from: before.status, to: after.status, at: now)
    for event in change.events { commit.publish(try event.published(at: now, trace: after.trace)) }
    if case .refused(let index, _) = try await redis.commit(commit) { return index == idGuard ? .idTaken : .outdated }
    return .written
  }

  /// Nothing is left to be done about an attempt as it was read.
  func resolve(_ attempt: Attempt) async throws {
    var commit = Commit()
    commit.require(PaymentKeys.intent(attempt.id), field: "revision", equals: .integer(attempt.revision))
    commit.sortedSetRemove(PaymentKeys.unresolved, member: .string(attempt.id.description))
    _ = try await redis.commit(commit)
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

  /// Keeps the sets of those for which somebody is waiting, or must look.
  fileprivate mutating func move(
    _ member: RedisArgument, from before: Attempt.Status, to after: Attempt.Status, at now: UnixTime
  ) {
    guard before != after else { return }
    for (status, key) in [(Attempt.Status.refunding, PaymentKeys.owed), (.unsettled, PaymentKeys.unsettled)] {
      if after == status { sortedSetAdd(key, score: Double(now.milliseconds), member: member) }
      if before == status { sortedSetRemove(key, member: member) }
    }
  }
}
