import Synchronization

/// The calls under way, by the number that stdin gave them.
final class Calls: Sendable {
  private struct Call {
    let task: Task<Void, any Error>
    let resume: AsyncStream<Void>.Continuation
  }

  private let calls = Mutex<[Int: Call]>([:])

  func start(_ command: Command, on caller: Caller) {
    let (resumed, resume) = AsyncStream.makeStream(of: Void.self)
    let task = Task { try await caller.perform(command, resumed: resumed) }
    calls.withLock { $0[command.id] = Call(task: task, resume: resume) }
  }

  func cancel(_ id: Int) {
    calls.withLock { $0[id] }?.task.cancel()
  }

  func resume(_ id: Int) {
    calls.withLock { $0[id] }?.resume.yield()
  }

  /// Cancels what is left and waits for its end.
  func finish() async {
    let rest = calls.withLock { Array($0.values) }
    for call in rest { call.task.cancel() }
    for call in rest { _ = await call.task.result }
  }
}
