import Redis

/// How a client has marked its request, so that a repetition gets the answer of the first.
package struct RequestMark: Sendable, Hashable {
  package let key: RedisKey
  /// Of what was asked for: the same key with another request is a mistake of the client's.
  package let fingerprint: String

  /// How long a client's mark is remembered.
  static let window: Duration = .seconds(24 * 60 * 60)

  package init(_ key: RedisKey, fingerprint: String) {
    self.key = key
    self.fingerprint = fingerprint
  }
}

/// What came of a commit that creates something.
package enum Creation: Sendable, Hashable {
  case created
  /// The same request came before, and this was its answer.
  case repeated(answer: [UInt8])
  /// The guard with this index did not hold: nothing is written.
  case refused(guard: Int)
}

/// The third verb: create something once, however often the request comes.
extension RedisClient {
  /// Carries out `commit` and remembers `answer` with it, under the client's mark for a day, or, where the client has set
  /// none, under `own` for as long as only this process may repeat it. Throws `IdempotencyKeyReused`.
  package func createOnce(
    _ commit: Commit, mark: RequestMark?, own: RedisKey, answer: [UInt8] = []
  ) async throws -> Creation {
    var commit = commit
    commit.operation(
      key: mark?.key ?? own, fingerprint: mark?.fingerprint ?? "", result: answer,
      expiry: mark == nil ? Commit.retryWindow : RequestMark.window)
    switch try await self.commit(commit) {
    case .applied: return .created
    case .repeated(let fingerprint, let answer):
      guard let mark else { return .created }
      guard fingerprint == mark.fingerprint else { throw IdempotencyKeyReused() }
      return .repeated(answer: answer)
    case .refused(let index, _): return .refused(guard: index)
    }
  }

  /// The answer that the request with this mark got when it came before; nil: it has not, or in vain. Throws
  /// `IdempotencyKeyReused`.
  package func recall(_ mark: RequestMark) async throws -> [UInt8]? {
    let record = try await hmget(mark.key, ["fingerprint", "result"])
    guard record.count == 2, let fingerprint = record[0]?.string else { return nil }
    guard fingerprint == mark.fingerprint else { throw IdempotencyKeyReused() }
    return record[1].map { Array($0) }
  }
}

extension Commit {
  /// How long a commit is remembered that only the process itself may repeat.
  static let retryWindow: Duration = .seconds(60)

  /// Lets the process send it again where its answer is lost. `key` is this commit's own.
  package mutating func repeatable(as key: RedisKey) {
    operation(key: key, fingerprint: "", result: [], expiry: Self.retryWindow)
  }
}
