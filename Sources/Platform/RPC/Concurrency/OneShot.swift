import Synchronization

/// A value that is set once, for any number that wait for it.
final class OneShot<Value: Sendable>: Sendable {
  private typealias Observer = @Sendable (Result<Value, any Error>) -> Void

  private struct State {
    var result: Result<Value, any Error>?
    var observers: [Int: Observer] = [:]
    var lastID = 0
  }

  private let state = Mutex(State())

  /// The first result counts.
  func complete(_ result: Result<Value, any Error>) {
    let observers = state.withLock { state -> [Observer] in
      guard state.result == nil else { return [] }
      state.result = result
      defer { state.observers = [:] }
      return Array(state.observers.values)
    }
    for observer in observers { observer(result) }
  }

  /// Runs `observer` when there is a result: at once where there is one.
  func whenComplete(_ observer: @escaping @Sendable (Result<Value, any Error>) -> Void) {
    observe(id: nextID(), observer)
  }

  /// Waits for the result; throws `CancellationError` where the waiting task is cancelled.
  var value: Value {
    get async throws {
      let id = nextID()
      let waiter = Mutex<CheckedContinuation<Value, any Error>?>(nil)
      return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
          waiter.withLock { $0 = continuation }
          observe(id: id) { result in waiter.withLock { $0.take() }?.resume(with: result) }
          if Task.isCancelled { waiter.withLock { $0.take() }?.resume(throwing: CancellationError()) }
        }
      } onCancel: {
        state.withLock { _ = $0.observers.removeValue(forKey: id) }
        waiter.withLock { $0.take() }?.resume(throwing: CancellationError())
      }
    }
  }

  /// Waits for the result, whatever happens to the waiting task: only for what comes within a bounded time.
  func completion() async {
    await withCheckedContinuation { continuation in
      whenComplete { _ in continuation.resume() }
    }
  }

  private func nextID() -> Int {
    state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
  }

  private func observe(id: Int, _ observer: @escaping Observer) {
    let result = state.withLock { state in
      if state.result == nil { state.observers[id] = observer }
      return state.result
    }
    if let result { observer(result) }
  }
}
