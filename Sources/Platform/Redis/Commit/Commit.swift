/// One atomic change of state: guards first, then writes, then events. All of it happens, or nothing does.
///
///     var commit = Commit()
///     commit.require(OrderKeys.ticket(id), field: "version", equals: "3")
///     commit.require(absent: OrderKeys.live(id))
///     commit.hashSet(OrderKeys.order(order), [("status", "created"), ("price", .integer(1250))])
///     commit.append(to: OrderKeys.created, fields: [("id", .string(order)), ("data", .buffer(event))])
///     switch try await redis.commit(commit) { … }
///
/// A script that has written does not roll back at an error, so what could fail is looked at before the first write:
/// the type of every key that is written, and here, before anything is sent, scores, expiries and sizes. What an ACL
/// allows is not: whoever commits may `HSET HDEL SET DEL PEXPIRE ZADD ZREM XADD XACK`, or none of them. (To look, it
/// uses `EXISTS GET HGET HMGET HLEN ZCARD XLEN TIME`.)
package struct Commit: Sendable {
  /// One line of the script, with the places of its key and arguments. The list of them is the commit's shape.
  struct Step: Sendable, Hashable {
    enum Kind: UInt8, Sendable {
      case absent, present, fieldEquals, fieldAbsent, fieldPresent, fieldBelow, equals, below, before, atOrAfter
      case hashSet, hashDelete, set, setExpiring, delete, expire, sortedSetAdd, sortedSetRemove, acknowledge,
        appendCapped
      case append
    }

    let kind: Kind
    /// Position in `keys`, from 0.
    let key: UInt16
    /// Position of the first argument, from 0, and how many there are.
    let first: UInt16
    let count: UInt16
  }

  struct Shape: Sendable, Hashable {
    /// In the order of the calls.
    var guards: [Step] = []
    var writes: [Step] = []
    var appends: [Step] = []
    /// `count` is 3: fingerprint, result, expiry.
    var operation: Step?
  }

  /// A script of this length runs for milliseconds, during which the server does nothing else.
  static let maximumArguments = 4096
  static let maximumKeys = 256

  private(set) var shape = Shape()
  private(set) var keys: [RedisKey] = []
  private(set) var arguments: [RedisArgument] = []
  /// The first mistake; thrown by `RedisClient.commit` before anything is sent.
  private(set) var mistake: RedisError?

  package init() {}

  var isRepeatable: Bool { shape.operation != nil }
}

extension Commit {
  /// Makes a retry harmless. If `key` (HASH, the commit's own) says that this operation has been committed, nothing
  /// else is looked at or written, and the outcome is `repeated` with what was given here the first time. `expiry`
  /// is how long the record is kept: longer than anybody may retry. One per commit.
  package mutating func operation(key: RedisKey, fingerprint: String, result: [UInt8], expiry: Duration) {
    if shape.operation != nil { return refuse("a commit is one operation, not two") }
    shape.operation = step(
      .hashSet, key, [.string(fingerprint), .bytes(result), milliseconds(expiry)])
  }

  mutating func addGuard(_ kind: Step.Kind, _ key: RedisKey?, _ arguments: [RedisArgument]) -> Int {
    shape.guards.append(step(kind, key, arguments))
    return shape.guards.count - 1
  }

  mutating func addWrite(_ kind: Step.Kind, _ key: RedisKey, _ arguments: [RedisArgument] = []) {
    shape.writes.append(step(kind, key, arguments))
  }

  mutating func addAppend(_ key: RedisKey, _ arguments: [RedisArgument]) {
    shape.appends.append(step(.append, key, arguments))
  }

  mutating func refuse(_ why: String) { mistake = mistake ?? .invalidRequest(why) }

  mutating func milliseconds(_ expiry: Duration) -> RedisArgument {
    do {
      return .integer(try expiry.redisMilliseconds())
    } catch {
      refuse("an expiry is between a millisecond and a hundred years, not \(expiry)")
      return 1
    }
  }

  private mutating func step(_ kind: Step.Kind, _ key: RedisKey?, _ new: [RedisArgument]) -> Step {
    guard arguments.count + new.count <= Self.maximumArguments else {
      refuse("a commit has at most \(Self.maximumArguments) arguments")
      return Step(kind: kind, key: 0, first: 0, count: 0)
    }
    let first = arguments.count
    arguments.append(contentsOf: new)
    return Step(
      kind: kind, key: key.map { position($0) } ?? 0, first: UInt16(clamping: first), count: UInt16(clamping: new.count)
    )
  }

  private mutating func position(_ key: RedisKey) -> UInt16 {
    if let known = keys.firstIndex(of: key) { return UInt16(clamping: known) }
    guard keys.count < Self.maximumKeys else {
      refuse("a commit has at most \(Self.maximumKeys) keys")
      return 0
    }
    keys.append(key)
    return UInt16(clamping: keys.count - 1)
  }
}
