/// Guards are looked at in the order of the calls, before anything is written. Each returns its index, which a refusal
/// names with what it found.
extension Commit {
  /// There is no such key. Found otherwise: 1.
  @discardableResult
  package mutating func require(absent key: RedisKey) -> Int { addGuard(.absent, key, []) }

  /// There is such a key. Found otherwise: 0.
  @discardableResult
  package mutating func require(present key: RedisKey) -> Int { addGuard(.present, key, []) }

  /// A HASH's field has this value. Found otherwise: the value, or null.
  @discardableResult
  package mutating func require(_ key: RedisKey, field: String, equals value: RedisArgument) -> Int {
    addGuard(.fieldEquals, key, [.string(field), value])
  }

  @discardableResult
  package mutating func require(_ key: RedisKey, field: String, equals value: String) -> Int {
    addGuard(.fieldEquals, key, [.string(field), .string(value)])
  }

  /// A HASH's field has one of these values. Found otherwise: the value, or null.
  @discardableResult
  package mutating func require(_ key: RedisKey, field: String, isOneOf values: [String]) -> Int {
    if values.isEmpty { refuse("the guard on \(field) allows no value at all") }
    return addGuard(.fieldEquals, key, [.string(field)] + values.map { .string($0) })
  }

  /// The HASH has no such field, or there is no such key. Found otherwise: the value.
  @discardableResult
  package mutating func require(_ key: RedisKey, fieldAbsent field: String) -> Int {
    addGuard(.fieldAbsent, key, [.string(field)])
  }

  /// The HASH has such a field. Found otherwise: null.
  @discardableResult
  package mutating func require(_ key: RedisKey, fieldPresent field: String) -> Int {
    addGuard(.fieldPresent, key, [.string(field)])
  }

  /// The HASH has no such field, or a number in it that is less than `limit`. Found otherwise: the value. For versions:
  /// the newest wins.
  @discardableResult
  package mutating func require(_ key: RedisKey, field: String, below limit: Int64) -> Int {
    addLimitGuard(.fieldBelow, key, [.string(field), .integer(limit)], limit)
  }

  /// A STRING has this value. Found otherwise: the value, or null.
  @discardableResult
  package mutating func require(_ key: RedisKey, equals value: RedisArgument) -> Int {
    addGuard(.equals, key, [value])
  }

  @discardableResult
  package mutating func require(_ key: RedisKey, equals value: String) -> Int {
    addGuard(.equals, key, [.string(value)])
  }

  /// A STRING has this number, or for nil: there is no such key. For what was read before and must not have changed.
  @discardableResult
  package mutating func require(_ key: RedisKey, is number: Int64?) -> Int {
    if let number { require(key, equals: .integer(number)) } else { require(absent: key) }
  }

  /// There is no such key, or a STRING with a number that is less than `limit`. Found otherwise: the value.
  @discardableResult
  package mutating func require(_ key: RedisKey, below limit: Int64) -> Int {
    addLimitGuard(.below, key, [.integer(limit)], limit)
  }

  /// The server's clock has not reached `deadline`, in milliseconds since 1970. Found otherwise: its time.
  @discardableResult
  package mutating func require(before deadline: Int64) -> Int { addTimeGuard(.before, deadline) }

  /// The server's clock has reached `time`, in milliseconds since 1970. Found otherwise: its time.
  @discardableResult
  package mutating func require(atOrAfter time: Int64) -> Int { addTimeGuard(.atOrAfter, time) }

  private mutating func addTimeGuard(_ kind: Step.Kind, _ time: Int64) -> Int {
    addLimitGuard(kind, nil, [.integer(time)], time)
  }

  private mutating func addLimitGuard(_ kind: Step.Kind, _ key: RedisKey?, _ arguments: [RedisArgument], _ limit: Int64)
    -> Int
  {
    // The script compares doubles.
    if limit.magnitude > 1 << 53 { refuse("\(limit) is too large to be compared") }
    return addGuard(kind, key, arguments)
  }

  /// Says what a guard wanted, for logs and errors: kind and key, no values.
  package func description(ofGuard index: Int) -> String {
    guard shape.guards.indices.contains(index) else { return "unknown guard" }
    let step = shape.guards[index]
    let key = keys.indices.contains(Int(step.key)) ? keys[Int(step.key)].name : ""
    let field = step.count > 0 ? arguments[Int(step.first)].text : ""
    switch step.kind {
    case .absent: return "\(key) is absent"
    case .present: return "\(key) is present"
    case .fieldEquals: return "\(key) has the expected \(field)"
    case .fieldAbsent: return "\(key) has no \(field)"
    case .fieldPresent: return "\(key) has a \(field)"
    case .fieldBelow: return "\(key) has a lower \(field)"
    case .equals: return "\(key) has the expected value"
    case .below: return "\(key) is less than \(field)"
    case .before: return "it is before \(field)"
    case .atOrAfter: return "it is \(field) or later"
    default: return "\(step.kind)"
    }
  }
}
