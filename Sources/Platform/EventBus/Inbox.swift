import NIOCore
import Synchronization

/// The entries of one publisher that this consumer holds: what is being applied, what waits for another attempt, what
/// is to be acknowledged. All roles of a subscription meet here.
///
/// Entries of one key share a lane, in which they are applied one after the other; lanes run side by side. An entry
/// that fails leaves its lane and waits in the retry queue, so nothing waits behind it; where that is full, it is given
/// back to the server. So whatever waits, and however much of it, the next read has room.
final class Inbox: Sendable {
  typealias Instant = ContinuousClock.Instant

  struct Job: Sendable {
    let id: EntryID
    let content: Result<Delivery, MalformedEvent>?
    let deadLetterReason: String?
    let history: DeliveryHistory
  }

  struct State {
    var held: [EntryID: HeldEntry] = [:]
    /// Lanes that have a task at work, with what is in line there.
    var lanes: [String: CircularBuffer<EntryID>] = [:]
    var retries = RetryQueue()
    /// Entries in lanes.
    var inLanes = 0
    var applied: [Subject: [String]] = [:]
    /// Held no more, but still to be told of: what the server is to keep of the attempts at them.
    var givenBack: [EntryID: Int] = [:]
    var isClosed = false
  }

  /// Keys of lanes that need a task.
  let starts: AsyncStream<String>
  private let startsContinuation: AsyncStream<String>.Continuation
  /// There is room in the lanes again, for either of the two that fill them.
  let roomToRead = Signal()
  let roomToTakeOver = Signal()
  let hasApplied = Signal()
  let hasRetries = Signal()

  let state = Mutex(State())
  let settings: SubscriberSettings

  init(settings: SubscriberSettings) {
    self.settings = settings
    (starts, startsContinuation) = AsyncStream.makeStream()
  }

  /// Entries in lanes beyond which nothing more is read.
  private var laneLimit: Int { settings.batch * 2 }

  var hasRoomInLanes: Bool { state.withLock { $0.inLanes <= laneLimit } }

  func holds(_ id: EntryID) -> Bool { state.withLock { $0.held[id] != nil } }

  /// Puts what was read into its lanes, in the order in which it was published, over all streams; entries that are held
  /// already are left as they are.
  func take(_ entries: [(id: EntryID, entry: HeldEntry)]) {
    let entries = entries.sorted { $0.id.position < $1.id.position }
    state.withLock { state in
      for (id, entry) in entries where state.held[id] == nil {
        state.held[id] = entry
        state.givenBack[id] = nil
        enqueue(id, key: entry.laneKey(id), &state)
      }
    }
  }

  /// The next in a lane; nil: the lane is empty, and its task ends.
  func next(inLane key: String) -> Job? {
    state.withLock { state in
      if !state.isClosed, let id = state.lanes[key]?.popFirst(), let entry = state.held[id] {
        return Job(id: id, content: entry.content, deadLetterReason: entry.deadLetterReason, history: entry.history)
      }
      state.lanes[key] = nil
      return nil
    }
  }

  /// Decides what becomes of an entry after an attempt. For `deadLetter` the caller goes on; the rest is done here.
  func conclude(_ id: EntryID, _ outcome: DeliveryOutcome) -> DeliveryHistory.Verdict {
    let verdict: DeliveryHistory.Verdict = state.withLock { state in
      guard var entry = state.held[id] else { return .acknowledge }
      let kept = entry.history.kept
      let verdict = entry.history.verdict(on: outcome, settings: settings, jitter: .random(in: 0.5...1))
      if entry.history.kept != kept { entry.hasNewFailure = true }
      switch verdict {
      case .acknowledge:
        entry.phase = .applied
        state.applied[id.subject, default: []].append(id.id)
        leaveLane(&state)
      case .retry(let pause):
        leaveLane(&state)
        guard state.retries.count < settings.maximumWaiting else {
          state.held[id] = nil
          state.givenBack[id] = entry.history.kept
          return verdict
        }
        entry.phase = .waiting
        if case .success(let delivery) = entry.content { entry.content = .success(delivery.detached()) }
        state.retries.insert(id, due: .now + pause)
      case .deadLetter(let reason): entry.deadLetterReason = reason
      }
      state.held[id] = entry
      return verdict
    }
    switch verdict {
    case .acknowledge: hasApplied.send()
    case .retry: hasRetries.send()
    case .deadLetter: break
    }
    return verdict
  }

  /// An attempt begins that is the only one of the process. Returns what the server must know before that.
  func beginTrial(_ id: EntryID) -> Int? {
    state.withLock { $0.held[id]?.history.beginTrial() }
    return kept(of: id)
  }

  /// What the server must know of the attempts at an entry; nil: it is held no more.
  func kept(of id: EntryID) -> Int? { state.withLock { $0.held[id]?.history.kept } }

  /// The trial was cut off in order. Whatever it was, the process has survived it.
  func abandonTrial(_ id: EntryID) {
    state.withLock { state in
      state.held[id]?.history.abandonTrial()
      state.held[id]?.hasNewFailure = true
    }
  }

  /// Puts what is due back into its lanes; says when to look again.
  func resumeDue() -> Instant? {
    state.withLock { state in
      for id in state.retries.popDue(at: .now) { resume(id, &state) }
      return state.retries.nextDue
    }
  }

  /// From now on no lane goes on to its next entry.
  func close() {
    state.withLock { $0.isClosed = true }
    startsContinuation.finish()
  }

  private func resume(_ id: EntryID, _ state: inout State) {
    guard let key = state.held[id]?.laneKey(id) else { return }
    state.held[id]?.phase = .inLane
    enqueue(id, key: key, &state)
  }

  private func enqueue(_ id: EntryID, key: String, _ state: inout State) {
    state.inLanes += 1
    if state.lanes[key] != nil {
      state.lanes[key]?.append(id)
    } else {
      state.lanes[key] = [id]
      startsContinuation.yield(key)
    }
  }

  private func leaveLane(_ state: inout State) {
    state.inLanes -= 1
    if state.inLanes <= laneLimit { sendRoom() }
  }

  func sendRoom() {
    roomToRead.send()
    roomToTakeOver.send()
  }
}
