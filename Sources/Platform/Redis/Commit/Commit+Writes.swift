/// Writes take place in the order of the calls, after all guards; events in theirs.
extension Commit {
  /// `HSET`
  package mutating func hashSet(_ key: RedisKey, _ fields: [(String, RedisArgument)]) {
    if fields.isEmpty { return refuse("no fields to set in \(key)") }
    addWrite(.hashSet, key, fields.flatMap { [.string($0.0), $0.1] })
  }

  /// `HDEL`
  package mutating func hashDelete(_ key: RedisKey, _ fields: [String]) {
    if fields.isEmpty { return refuse("no fields to delete from \(key)") }
    addWrite(.hashDelete, key, fields.map { .string($0) })
  }

  /// `SET`: whatever the key held before. `expiry` in whole milliseconds, rounded up.
  package mutating func set(_ key: RedisKey, _ value: RedisArgument, expiry: Duration? = nil) {
    if let expiry {
      addWrite(.setExpiring, key, [value, milliseconds(expiry)])
    } else {
      addWrite(.set, key, [value])
    }
  }

  /// `DEL`
  package mutating func delete(_ key: RedisKey) { addWrite(.delete, key) }

  /// `PEXPIRE`; nothing happens to an absent key.
  package mutating func expire(_ key: RedisKey, after expiry: Duration) {
    addWrite(.expire, key, [milliseconds(expiry)])
  }

  /// `ZADD`. Whole scores are exact to 2^53: milliseconds since 1970 and cents are.
  package mutating func sortedSetAdd(_ key: RedisKey, score: Double, member: RedisArgument) {
    if score.isNaN { return refuse("a score in \(key) is not a number") }
    addWrite(.sortedSetAdd, key, [.double(score), member])
  }

  /// `ZREM`
  package mutating func sortedSetRemove(_ key: RedisKey, member: RedisArgument) {
    addWrite(.sortedSetRemove, key, [member])
  }

  /// `XACK`: with what a handler wrote, so that an entry is applied and acknowledged in one step.
  package mutating func acknowledge(_ stream: RedisKey, group: String, ids: [String]) {
    if ids.isEmpty { return refuse("no entries to acknowledge in \(stream)") }
    addWrite(.acknowledge, stream, [.string(group)] + ids.map { .string($0) })
  }

  /// `XADD` with an id of the server's making.
  package mutating func append(to stream: RedisKey, fields: [(String, RedisArgument)]) {
    if fields.isEmpty { return refuse("no fields to append to \(stream)") }
    addAppend(stream, fields.flatMap { [.string($0.0), $0.1] })
  }

  /// `XADD` to a stream that keeps about the last `length` entries: for those who want to see what happens now, not
  /// for those who must not miss any.
  package mutating func append(
    to stream: RedisKey, keepingLast length: Int, fields: [(String, RedisArgument)]
  ) {
    if fields.isEmpty { return refuse("no fields to append to \(stream)") }
    if length <= 0 { return refuse("a stream that keeps \(length) entries is none") }
    addWrite(.appendCapped, stream, [.int(length), "*"] + fields.flatMap { [.string($0.0), $0.1] })
  }
}
