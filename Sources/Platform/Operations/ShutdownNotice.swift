import ServiceLifecycle
import Synchronization

/// What a process does first when it is told to stop: says that it is not ready, and goes on serving for `delay`, so
/// that whoever sends it requests can notice and send them elsewhere. The last in the order of starting.
package final class ShutdownNotice: Service {
  private let delay: Duration
  private let onStop: @Sendable () -> Void
  private let isGiven = Atomic(false)

  package init(delay: Duration, onStop: @escaping @Sendable () -> Void = {}) {
    self.delay = delay
    self.onStop = onStop
  }

  package var isStopping: Bool { isGiven.load(ordering: .relaxed) }

  package func run() async throws {
    try? await gracefulShutdown()
    isGiven.store(true, ordering: .relaxed)
    onStop()
    try? await Task.sleep(for: delay)
  }
}
