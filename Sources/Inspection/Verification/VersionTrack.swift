import EventBus
import Identifiers

/// Follows the events of one entity through its streams: those of version 0 first, then the later ones in their order.
struct VersionTrack: Sendable {
  let snapshot: PublishedEntity.Snapshot
  /// Older events may be gone.
  let horizon: UnixTime
  /// The version that is to come next.
  private(set) var next: Int64 = 0
  private(set) var missing: [ClosedRange<Int64>] = []
  /// Versions whose event says something else than the record.
  private(set) var differing: [Int64] = []
  private var hasSeenLater = false

  init(_ snapshot: PublishedEntity.Snapshot, horizon: UnixTime) {
    self.snapshot = snapshot
    self.horizon = horizon
  }

  mutating func see(_ event: RecordedEvent, content: String) {
    guard let version = event.version, version >= next else { return }
    // What is missing before the first of the later ones that is there may have been trimmed.
    let isWithinReach = hasSeenLater || snapshot.created >= horizon
    if version > next, isWithinReach { missing.append(next...version - 1) }
    if let expected = snapshot.contents[version], expected != content { differing.append(version) }
    if version > 0 { hasSeenLater = true }
    next = version == .max ? version : version + 1
  }

  /// After the last event.
  mutating func finish() {
    guard next <= snapshot.version, snapshot.updated >= horizon else { return }
    missing.append(next...snapshot.version)
    next = snapshot.version == .max ? .max : snapshot.version + 1
  }

  var isSound: Bool { missing.isEmpty && differing.isEmpty }
}
