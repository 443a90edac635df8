import Redis

/// What the server must hear of entries, and what it says of them.
extension Inbox {
  /// Takes what has been applied and is not acknowledged yet.
  func takeApplied() -> [Subject: [String]] {
    state.withLock { state in
      defer { state.applied = [:] }
      return state.applied
    }
  }

  /// These are no longer ours: acknowledged, or somebody else's. One in a lane stays until it has been applied, or
  /// waits again.
  func forget(_ subject: Subject, _ ids: [String]) {
    state.withLock { state in
      for id in ids.lazy.map({ EntryID(subject: subject, id: $0) }) {
        if let phase = state.held[id]?.phase, phase == .inLane { continue }
        state.held[id] = nil
        state.retries.remove(id)
      }
    }
  }

  /// The entry was moved to the dead letters, or has turned out to be somebody else's.
  func drop(_ id: EntryID) {
    state.withLock { state in
      state.held[id] = nil
      state.inLanes -= 1
    }
    sendRoom()
  }

  /// Entries that the server should hear of again: not heard of since `limit`, given back, or with a failure that it does
  /// not know. With what it is to keep of their deliveries.
  func untouched(since limit: Instant) -> [Subject: [(id: String, kept: Int)]] {
    state.withLock { state in
      var found: [Subject: [(id: String, kept: Int)]] = [:]
      for (id, kept) in state.givenBack { found[id.subject, default: []].append((id.id, kept)) }
      for (id, entry) in state.held where entry.phase != .applied && (entry.touched < limit || entry.hasNewFailure) {
        found[id.subject, default: []].append((id.id, entry.history.kept))
      }
      return found
    }
  }

  func touched(_ subject: Subject, _ entries: [(id: String, kept: Int)], at now: Instant) {
    state.withLock { state in
      for (id, kept) in entries {
        let id = EntryID(subject: subject, id: id)
        state.givenBack[id] = nil
        state.held[id]?.touched = now
        if state.held[id]?.history.kept == kept { state.held[id]?.hasNewFailure = false }
      }
    }
  }
}
