/// What became of a commit.
package enum CommitOutcome: Sendable, Hashable {
  /// All of it has happened; the ids of its events in their order.
  case applied(streamIDs: [String])
  /// Nothing has happened: the guard with this index (the first that did not hold) found this.
  case refused(guard: Int, found: RESPValue)
  /// Nothing has happened now: the operation has been committed before. Compare the fingerprint before the result is
  /// given to anybody.
  case repeated(fingerprint: String, result: [UInt8])

  /// What the script returns: `1`, an id, `{1, id, id, …}`, `{0, guard, found}`, `{2, fingerprint, result}`.
  init(_ reply: RESPValue) throws {
    if case .bulk = reply {
      self = .applied(streamIDs: [try reply.string()])
      return
    }
    if reply == .integer(1) {
      self = .applied(streamIDs: [])
      return
    }
    let parts = try reply.array()
    switch (try parts.first?.int64(), parts.count) {
    case (1, _): self = .applied(streamIDs: try parts.dropFirst().map { try $0.string() })
    case (0, 3): self = .refused(guard: try parts[1].int(), found: parts[2])
    case (2, 3): self = .repeated(fingerprint: try parts[1].string(), result: Array(try parts[2].bytes()))
    default: throw reply.unexpected("the outcome of a commit")
    }
  }
}
