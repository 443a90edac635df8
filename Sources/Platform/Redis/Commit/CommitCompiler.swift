/// Writes the Lua for a commit's shape: one line per step, no loop, nothing interpreted, every value in ARGV. A script
/// that walks a list of operations costs the server half as much again.
struct CommitCompiler {
  private var lines: [String] = []
  /// What is certain of a key once all guards have passed, and then after each write.
  private var types: [UInt16: RedisType] = [:]

  static func compile(_ shape: Commit.Shape) throws -> RedisScript {
    var compiler = CommitCompiler()
    return RedisScript(try compiler.text(shape))
  }

  private mutating func text(_ shape: Commit.Shape) throws -> String {
    lines = ["local K,A,c,v,r=KEYS,ARGV,redis.call"]
    if let operation = shape.operation { recall(operation) }
    if shape.guards.contains(where: { $0.kind == .before || $0.kind == .atOrAfter }) {
      lines.append("local t=c('TIME') local now=t[1]*1000+math.floor(t[2]/1000)")
    }
    for (index, step) in shape.guards.enumerated() { addGuard(step, index) }
    let writes = Self.order(shape)
    // The first write needs no check: if it fails, nothing has been written yet.
    for (index, step) in writes.enumerated() { try checkType(step, isFirst: index == 0) }
    if shape.appends.count > 1 { lines.append("r={1}") }
    let result = shape.appends.count > 1 ? "r[#r+1]" : "r"
    for step in writes { addWrite(step, result) }
    if let operation = shape.operation { record(operation) }
    // A table as a reply costs the server a tenth of a whole commit, so the usual one event's id goes alone.
    lines.append(shape.appends.isEmpty ? "return 1" : "return r")
    return (header(shape) + lines).joined(separator: "\n")
  }

  /// Events first, which makes no difference to anybody but saves the check of the first stream's type, and puts the
  /// one command that can still fail (`XADD` to a stream whose last id is the greatest there is) before all others.
  /// Not where a write touches the stream too.
  private static func order(_ shape: Commit.Shape) -> [Commit.Step] {
    let streams = Set(shape.appends.map(\.key))
    let touched = shape.writes.contains { streams.contains($0.key) }
    return touched ? shape.writes + shape.appends : shape.appends + shape.writes
  }

  private func header(_ shape: Commit.Shape) -> [String] {
    var header = ["-- Commit: nothing is written unless every guard holds."]
    let steps = shape.guards + shape.writes + shape.appends
    if let operation = shape.operation { header.append("-- KEYS[\(operation.key + 1)] HASH: the operation's record") }
    for key in Set(steps.filter { !$0.isTimeGuard }.map(\.key)).sorted() {
      let uses = steps.filter { $0.key == key && !$0.isTimeGuard }.map { "\($0.kind)" }
      header.append("-- KEYS[\(key + 1)]: \(uses.joined(separator: ", "))")
    }
    header.append("-- ARGV: the steps' arguments, in the order of the calls")
    header.append(
      "-- Returns 1, an event's id or {1, id, id, …}, or {0, guard's index, what it found}, or {2, fingerprint, result}"
    )
    return header
  }

  private mutating func recall(_ step: Commit.Step) {
    lines.append("v=c('HMGET',\(key(step)),'fingerprint','result') if v[1] then return {2,v[1],v[2] or ''} end")
    types[step.key] = .hash
  }

  private mutating func record(_ step: Commit.Step) {
    lines.append("c('HSET',\(key(step)),'fingerprint',\(argument(step, 0)),'result',\(argument(step, 1)))")
    lines.append("c('PEXPIRE',\(key(step)),\(argument(step, 2)))")
  }

  private mutating func addGuard(_ step: Commit.Step, _ index: Int) {
    let refusal = "then return {0,\(index),v} end"
    switch step.kind {
    case .absent:
      lines.append("v=c('EXISTS',\(key(step))) if v~=0 \(refusal)")
      types[step.key] = RedisType.none
    case .present:
      lines.append("v=c('EXISTS',\(key(step))) if v~=1 \(refusal)")
    case .fieldEquals:
      let wrong = (1..<Int(step.count)).map { "v~=\(argument(step, $0))" }.joined(separator: " and ")
      lines.append("v=c('HGET',\(key(step)),\(argument(step, 0))) if \(wrong) \(refusal)")
    case .fieldAbsent:
      lines.append("v=c('HGET',\(key(step)),\(argument(step, 0))) if v \(refusal)")
    case .fieldPresent:
      lines.append("v=c('HGET',\(key(step)),\(argument(step, 0))) if not v \(refusal)")
    case .fieldBelow:
      lines.append("v=c('HGET',\(key(step)),\(argument(step, 0)))")
      lines.append("if v and not((tonumber(v) or math.huge)<tonumber(\(argument(step, 1)))) \(refusal)")
    case .equals:
      lines.append("v=c('GET',\(key(step))) if v~=\(argument(step, 0)) \(refusal)")
    case .below:
      lines.append("v=c('GET',\(key(step)))")
      lines.append("if v and not((tonumber(v) or math.huge)<tonumber(\(argument(step, 0)))) \(refusal)")
    case .before:
      lines.append("v=now if v>=tonumber(\(argument(step, 0))) \(refusal)")
    case .atOrAfter:
      lines.append("v=now if v<tonumber(\(argument(step, 0))) \(refusal)")
    default: break
    }
    // These have read the key, so it is of the type or absent: any other would have ended the script.
    if [.fieldEquals, .fieldAbsent, .fieldPresent, .fieldBelow].contains(step.kind) { learn(step.key, .hash) }
    if step.kind == .equals || step.kind == .below { learn(step.key, .string) }
  }

  private mutating func learn(_ key: UInt16, _ type: RedisType) {
    if types[key] == nil { types[key] = type }
  }

  /// A line that fails with `WRONGTYPE` where the key is of another type, unless that is certain not to be.
  private mutating func checkType(_ step: Commit.Step, isFirst: Bool) throws {
    switch step.kind {
    case .expire: return
    case .delete: types[step.key] = RedisType.none
    case .set, .setExpiring: types[step.key] = .string
    default:
      let wanted = step.kind.writes
      switch types[step.key] {
      case .some(wanted), .some(.none): break
      case .some(let other):
        throw RedisError.invalidRequest("a commit uses a key both as \(other.rawValue) and as \(wanted.rawValue)")
      case nil:
        // Cheaper than TYPE, whose answer is a table.
        if !isFirst { lines.append("c('\(wanted.lengthCommand)',\(key(step)))") }
      }
      types[step.key] = wanted
    }
  }

  private mutating func addWrite(_ step: Commit.Step, _ result: String) {
    let key = key(step)
    switch step.kind {
    case .hashSet: lines.append("c('HSET',\(key),\(all(step)))")
    case .hashDelete: lines.append("c('HDEL',\(key),\(all(step)))")
    case .set: lines.append("c('SET',\(key),\(argument(step, 0)))")
    case .setExpiring: lines.append("c('SET',\(key),\(argument(step, 0)),'PX',\(argument(step, 1)))")
    case .delete: lines.append("c('DEL',\(key))")
    case .expire: lines.append("c('PEXPIRE',\(key),\(argument(step, 0)))")
    case .sortedSetAdd: lines.append("c('ZADD',\(key),\(all(step)))")
    case .sortedSetRemove: lines.append("c('ZREM',\(key),\(all(step)))")
    case .acknowledge: lines.append("c('XACK',\(key),\(all(step)))")
    case .appendCapped: lines.append("c('XADD',\(key),'MAXLEN','~',\(all(step)))")
    case .append: lines.append("\(result)=c('XADD',\(key),'*',\(all(step)))")
    default: break
    }
  }

  private func key(_ step: Commit.Step) -> String { "K[\(step.key + 1)]" }
  private func argument(_ step: Commit.Step, _ index: Int) -> String { "A[\(Int(step.first) + index + 1)]" }

  /// All of the step's arguments. A Lua function has 250 registers, hence `unpack` beyond a few.
  private func all(_ step: Commit.Step) -> String {
    if step.count > 4 { return "unpack(A,\(step.first + 1),\(step.first + step.count))" }
    return (0..<Int(step.count)).map { argument(step, $0) }.joined(separator: ",")
  }
}

extension Commit.Step {
  fileprivate var isTimeGuard: Bool { kind == .before || kind == .atOrAfter }
}

extension Commit.Step.Kind {
  /// The type of key that the command works on.
  fileprivate var writes: RedisType {
    switch self {
    case .hashSet, .hashDelete: .hash
    case .sortedSetAdd, .sortedSetRemove: .zset
    case .acknowledge, .append, .appendCapped: .stream
    default: .string
    }
  }
}

extension RedisType {
  /// Reads the length of a key of this type, and fails with `WRONGTYPE` for a key of another.
  fileprivate var lengthCommand: String {
    switch self {
    case .hash: "HLEN"
    case .zset: "ZCARD"
    case .stream: "XLEN"
    default: "STRLEN"
    }
  }
}
