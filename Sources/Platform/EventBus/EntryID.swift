/// Where an entry stands: its stream, which is its subject's, and its id there.
package struct EntryID: Sendable, Hashable {
  package let subject: Subject
  /// `<milliseconds>-<number>`
  package let id: String

  package init(subject: Subject, id: String) {
    self.subject = subject
    self.id = id
  }

  /// The two numbers of the id; of what is no id, the first place.
  package var position: (milliseconds: UInt64, number: UInt64) { Self.position(of: id) }

  static func position(of id: String) -> (milliseconds: UInt64, number: UInt64) {
    let parts = id.split(separator: "-", maxSplits: 1)
    guard let first = parts.first.flatMap({ UInt64($0) }) else { return (0, 0) }
    return (first, parts.count > 1 ? UInt64(parts[1]) ?? 0 : 0)
  }

  /// For scripts: `before(a, b)` of two ids. They are compared as text, because their numbers are larger than Lua counts.
  static let luaOrder = """
    local function less(a, b)
      if #a ~= #b then return #a < #b end
      return a < b
    end
    local function before(a, b)
      local ams, an = string.match(a, '^(%d+)-(%d+)$')
      local bms, bn = string.match(b, '^(%d+)-(%d+)$')
      if ams ~= bms then return less(ams, bms) end
      return less(an, bn)
    end
    """
}
