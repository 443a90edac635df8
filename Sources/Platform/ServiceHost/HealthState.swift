import Synchronization

/// What the parts of this process say of themselves, and who waits to hear of a change.
package final class HealthState: Sendable {
  /// The name under which the process is asked whether it lives, which hangs on nothing else: whoever restarts what
  /// does not serve would only add to an outage of Redis.
  static let liveness = "liveness"

  private struct State {
    /// By full service name; the empty name is the process as a whole.
    var serving: [String: Bool]
    var draining = false
    /// All of them hear of everything.
    var watchers = Watchers<String, AsyncStream<Void>.Continuation>()
  }

  private let state: Mutex<State>

  /// Nothing serves until it is said to.
  init(services: [String]) {
    state = Mutex(State(serving: Dictionary(uniqueKeysWithValues: (services + [""]).map { ($0, false) })))
  }

  /// nil: no such service here.
  func isServing(_ service: String) -> Bool? {
    if service == Self.liveness { return true }
    return state.withLock { state in state.serving[service].map { $0 && !state.draining } }
  }

  /// Sets a service's state; the process as a whole serves while all of its services do.
  func set(_ service: String, serving: Bool) {
    change { state in
      state.serving[service] = serving
      state.serving[""] = state.serving.allSatisfy { name, serving in name.isEmpty || serving }
    }
  }

  /// From now on nothing serves: the process is about to stop.
  package func drain() {
    change { $0.draining = true }
  }

  /// An element at once and after each change; a reader who is slow sees only that there was one.
  func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let place = state.withLock { $0.watchers.add(continuation, of: "") }
    continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.watchers.remove(place) } }
    continuation.yield()
    return stream
  }

  private func change(_ body: (inout State) -> Void) {
    let watchers = state.withLock { state in
      body(&state)
      return state.watchers.all()
    }
    for watcher in watchers { watcher.yield() }
  }
}
