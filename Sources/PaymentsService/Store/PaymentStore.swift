import EventBus
import Identifiers
import Redis
import ServiceHost

/// Orders as payments knows them, and the attempts to pay them, in Redis. Each change and its events are one commit.
struct PaymentStore: Sendable {
  let redis: RedisClient

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

  /// Writes a change over the attempt that it was made from, and when it is to be looked at again; false: that is no
  /// longer the stored one.
  func write(_ change: Change, over before: Attempt, nextTry: UnixTime) async throws -> Bool {
    let after = change.attempt
    let key = PaymentKeys.intent(before.id)
    var commit = Commit()
    commit.require(key, field: "revision", equals: .integer(before.revision))
    if after.status != before.status, before.status.bars {
      // No other attempt can have begun while this one barred it, so the order still names this one.
      let order = PaymentKeys.order(before.id.orderID)
      commit.require(order, field: "attempt", equals: .integer(before.id.number))
      commit.hashSet(order, [("attemptStatus", .string(after.status.rawValue))])
    }
    commit.hashSet(key, after.variableFields)
    if after.status.isMoney {
      commit.hashSet(PaymentKeys.payment(after.paymentID), after.paymentFields(at: .now()))
    }
    if after.isOpen {
      commit.sortedSetAdd(
        PaymentKeys.unresolved, score: Double(nextTry.milliseconds), member: .string(after.id.description))
    } else {
      commit.sortedSetRemove(PaymentKeys.unresolved, member: .string(after.id.description))
    }
    for event in change.events { commit.publish(try event.published(trace: after.trace)) }
    if case .refused = try await redis.commit(commit) { return false }
    return true
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
