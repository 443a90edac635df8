/// Where an entry stands: its stream, which is its subject's, and its id there.
struct EntryID: Sendable, Hashable {
  let subject: Subject
  /// `<milliseconds>-<number>`
  let id: String

  /// The two numbers of the id; of what is no id, the first place.
  var position: (milliseconds: UInt64, number: UInt64) {
    let parts = id.split(separator: "-", maxSplits: 1)
    guard let first = parts.first.flatMap({ UInt64($0) }) else { return (0, 0) }
    return (first, parts.count > 1 ? UInt64(parts[1]) ?? 0 : 0)
  }
}
