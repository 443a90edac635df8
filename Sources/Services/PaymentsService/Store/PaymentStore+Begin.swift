import Identifiers
import Records
import Redis

extension PaymentStore {
  /// Writes a new attempt over the order that it was decided from. Until `lease` it is the caller's to drive. A refusal
  /// means that the order, or its latest attempt, is no longer the same. Throws `IdempotencyKeyReused`.
  func begin(_ attempt: Attempt, on order: PayableOrder, mark: RequestMark?, lease: UnixTime) async throws -> Creation {
    var commit = Commit()
    if order.isStored {
      commit.require(PayableOrder.key(order.id), field: "version", equals: .integer(order.version))
    } else {
      commit.require(PayableOrder.key(order.id), fieldAbsent: "version")
      commit.hashSet(PayableOrder.key(order.id), order.replicaValues)
    }
    commit.add(attempt, to: order, due: lease)
    return try await redis.createOnce(
      commit, mark: mark, own: PaymentKeys.operation(attempt.paymentID), answer: attempt.id.answer)
  }

  /// Remembers that a request was answered by an attempt that was there before it.
  func join(_ id: AttemptID, mark: RequestMark) async throws -> Creation {
    try await redis.createOnce(Commit(), mark: mark, own: mark.key, answer: id.answer)
  }
}

extension AttemptID {
  /// What a repeated request is told: the attempt's number, as people read it.
  fileprivate var answer: [UInt8] { Array(String(number).utf8) }

  init(orderID: String, answer: [UInt8], of mark: RequestMark) throws {
    guard let number = RedisBytes(answer).int64 else { throw MalformedRecord(mark.key, "result") }
    self.init(orderID: orderID, number: number)
  }
}

extension Commit {
  /// A new attempt, where the order has no other one than it had when it was read.
  mutating func add(_ attempt: Attempt, to order: PayableOrder, due: UnixTime) {
    let orderKey = PayableOrder.key(order.id)
    if let status = order.attemptStatus {
      require(orderKey, field: "attempt", equals: .integer(order.attempt))
      require(orderKey, field: "attemptStatus", equals: status.rawValue)
    } else {
      require(orderKey, fieldAbsent: "attempt")
    }
    require(absent: Attempt.key(attempt.id))
    hashSet(Attempt.key(attempt.id), attempt.fixedValues + attempt.variableValues)
    hashSet(
      orderKey, [("attempt", .integer(attempt.id.number)), ("attemptStatus", .string(attempt.status.rawValue))])
    lookAgain(at: attempt.id, at: due)
  }
}
