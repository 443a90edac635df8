import EventBus
import Identifiers
import Redis
import ServiceHost

/// How a client has marked its request, so that a repetition gets the answer of the first.
struct RequestMark: Sendable, Hashable {
  let key: RedisKey
  let fingerprint: String

  /// The card's token is not kept for the comparison, its digest is.
  init(_ key: IdempotencyKey, userID: String, orderID: String, token: CardToken) throws {
    self.key = PaymentKeys.operation("pay:\(userID):\(key.value)")
    fingerprint = try SHA256.hexDigest("\(orderID) \(token.value)")
  }

  /// For a request without a mark: only the store itself repeats it.
  init(own id: String) {
    key = PaymentKeys.operation(id)
    fingerprint = ""
  }
}

extension PaymentStore {
  /// How long a client's idempotency key is remembered.
  private static let idempotencyWindow: Duration = .seconds(24 * 60 * 60)
  /// How long a commit is remembered that only the store itself may repeat.
  private static let retryWindow: Duration = .seconds(60)

  enum BeginOutcome: Sendable, Hashable {
    case begun
    /// The request came before, and led to this attempt.
    case repeated(number: Int64)
    /// The order, or its latest attempt, is no longer what this was decided from.
    case outdated
  }

  /// Writes a new attempt over the order that it was decided from. Until `lease` it is the caller's to drive.
  func begin(_ attempt: Attempt, on order: PayableOrder, mark: RequestMark?, lease: UnixTime) async throws
    -> BeginOutcome
  {
    let key = PaymentKeys.intent(attempt.id)
    let orderKey = PaymentKeys.order(order.id)
    var commit = Commit()
    addOperation(mark ?? RequestMark(own: attempt.paymentID), attempt.id.number, isOwn: mark == nil, to: &commit)
    if order.isStored {
      commit.require(orderKey, field: "version", equals: .integer(order.version))
    } else {
      commit.require(orderKey, fieldAbsent: "version")
      commit.hashSet(orderKey, order.replicaFields)
    }
    if let status = order.attemptStatus {
      commit.require(orderKey, field: "attempt", equals: .integer(order.attempt))
      commit.require(orderKey, field: "attemptStatus", equals: status.rawValue)
    } else {
      commit.require(orderKey, fieldAbsent: "attempt")
    }
    commit.require(absent: key)
    commit.hashSet(key, attempt.fixedFields + attempt.variableFields)
    commit.hashSet(
      orderKey,
      [("attempt", .integer(attempt.id.number)), ("attemptStatus", .string(attempt.status.rawValue))])
    commit.sortedSetAdd(
      PaymentKeys.unresolved, score: Double(lease.milliseconds), member: .string(attempt.id.description))
    return try await outcome(of: commit, mark)
  }

  /// Remembers that a request was answered by an attempt that was there before it.
  func join(_ id: AttemptID, mark: RequestMark) async throws -> BeginOutcome {
    var commit = Commit()
    addOperation(mark, id.number, isOwn: false, to: &commit)
    return try await outcome(of: commit, mark)
  }

  /// The attempt that this request led to when it came before. Throws where the key came with another request.
  func recall(_ mark: RequestMark) async throws -> Int64? {
    let record = try await redis.hmget(mark.key, ["fingerprint", "result"])
    guard record.count == 2, let fingerprint = record[0]?.string else { return nil }
    guard fingerprint == mark.fingerprint else { throw PaymentError.idempotencyKeyReused }
    guard let number = record[1]?.int64 else { throw MalformedRecord(mark.key) }
    return number
  }

  private func addOperation(_ mark: RequestMark, _ number: Int64, isOwn: Bool, to commit: inout Commit) {
    commit.operation(
      key: mark.key, fingerprint: mark.fingerprint, result: Array(String(number).utf8),
      expiry: isOwn ? Self.retryWindow : Self.idempotencyWindow)
  }

  private func outcome(of commit: Commit, _ mark: RequestMark?) async throws -> BeginOutcome {
    switch try await redis.commit(commit) {
    case .applied: return .begun
    case .refused: return .outdated
    case .repeated(let fingerprint, let result):
      guard let mark else { return .begun }
      guard fingerprint == mark.fingerprint else { throw PaymentError.idempotencyKeyReused }
      guard let number = RedisBytes(result).int64 else { throw MalformedRecord(mark.key) }
      return .repeated(number: number)
    }
  }
}
