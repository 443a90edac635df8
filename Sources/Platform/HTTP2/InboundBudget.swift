/// Which streams may send a message that is longer than their initial window.
///
/// A connection buffers at most `streams * initialWindow + budget` bytes of requests. A long message gets its window
/// all at once or waits, first come first served, so that no two messages can block each other half-way.
package struct InboundBudget {
  /// SETTINGS_INITIAL_WINDOW_SIZE: what each stream may send without being asked.
  package static let initialWindow = 65_535

  private var available: Int
  private var reserved: [Int: Int] = [:]
  private var waiting: [(streamID: Int, bytes: Int)] = []

  package init(bytes: Int) {
    self.available = bytes
  }

  /// True where the stream may have `bytes` of window; otherwise it waits for a ``release(_:)``.
  package mutating func reserve(_ streamID: Int, bytes: Int) -> Bool {
    if reserved[streamID] != nil { return true }
    if waiting.isEmpty, bytes <= available {
      available -= bytes
      reserved[streamID] = bytes
      return true
    }
    if !waiting.contains(where: { $0.streamID == streamID }) { waiting.append((streamID, bytes)) }
    return false
  }

  /// The stream's message is complete, or the stream closed. Returns the streams that got their window by this.
  package mutating func release(_ streamID: Int) -> [Int] {
    if let bytes = reserved.removeValue(forKey: streamID) {
      available += bytes
    } else if let index = waiting.firstIndex(where: { $0.streamID == streamID }) {
      waiting.remove(at: index)
    } else {
      return []
    }
    var granted: [Int] = []
    while let first = waiting.first, first.bytes <= available {
      waiting.removeFirst()
      available -= first.bytes
      reserved[first.streamID] = first.bytes
      granted.append(first.streamID)
    }
    return granted
  }
}
