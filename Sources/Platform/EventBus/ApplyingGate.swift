import NIOCore
import Synchronization

/// Lets events be applied side by side; and one alone in the whole process, so that whatever the process dies of
/// meanwhile is that one. Whoever comes first goes first.
package final class ApplyingGate: Sendable {
  package static let ofProcess = ApplyingGate()

  private struct Waiter {
    let id: Int
    let isAlone: Bool
    let continuation: UnsafeContinuation<Bool, Never>
  }

  private struct State {
    /// Inside, side by side.
    var together = 0
    var isAlone = false
    var waiters = CircularBuffer<Waiter>()
    var lastID = 0

    /// True where whoever comes now may go in, and has.
    mutating func enter(alone: Bool) -> Bool {
      guard !isAlone, together == 0 || !alone else { return false }
      if alone { isAlone = true } else { together += 1 }
      return true
    }

    mutating func leave(alone: Bool) {
      if alone { isAlone = false } else { together -= 1 }
    }

    /// Takes those out of the line who may go in now, and have.
    mutating func admit() -> [Waiter] {
      var admitted: [Waiter] = []
      while let first = waiters.first, enter(alone: first.isAlone) { admitted.append(waiters.removeFirst()) }
      return admitted
    }
  }

  private let state = Mutex(State())

  package init() {}

  /// nil: the task was cancelled while it waited, and `body` has not run.
  func pass<Result>(alone: Bool, _ body: () async -> Result) async -> Result? {
    guard await enter(alone: alone) else { return nil }
    let result = await body()
    change { $0.leave(alone: alone) }
    return result
  }

  private func enter(alone: Bool) async -> Bool {
    let id: Int? = state.withLock { state in
      if state.waiters.isEmpty, state.enter(alone: alone) { return nil }
      state.lastID += 1
      return state.lastID
    }
    guard let id else { return true }
    return await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        change { $0.waiters.append(Waiter(id: id, isAlone: alone, continuation: continuation)) }
        // Cancelled before it stood in line.
        if Task.isCancelled { leaveLine(id) }
      }
    } onCancel: {
      leaveLine(id)
    }
  }

  private func leaveLine(_ id: Int) {
    var left: Waiter?
    change { state in
      guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return }
      left = state.waiters.remove(at: index)
    }
    left?.continuation.resume(returning: false)
  }

  /// Lets those in who may go in after the change.
  private func change(_ change: (inout sending State) -> Void) {
    let admitted = state.withLock { state in
      change(&state)
      return state.admit()
    }
    for waiter in admitted { waiter.continuation.resume(returning: true) }
  }
}
