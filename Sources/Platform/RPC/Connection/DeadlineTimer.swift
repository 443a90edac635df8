import NIOCore

/// One timer of an event loop for a ``DeadlineQueue``: armed for the earliest deadline only.
///
/// `@unchecked Sendable`: touched only on its event loop.
final class DeadlineTimer: @unchecked Sendable {
  private let eventLoop: any EventLoop
  private let action: () -> Void
  private var armed: (deadline: NIODeadline, timer: Scheduled<Void>)?

  init(_ eventLoop: any EventLoop, action: @escaping () -> Void) {
    self.eventLoop = eventLoop
    self.action = action
  }

  /// Fires at `deadline`, or earlier where it is armed for an earlier one already.
  func arm(for deadline: NIODeadline) {
    if let armed {
      if armed.deadline <= deadline { return }
      armed.timer.cancel()
    }
    let timer = eventLoop.scheduleTask(deadline: deadline) {
      self.armed = nil
      self.action()
    }
    armed = (deadline, timer)
  }

  func cancel() {
    armed?.timer.cancel()
    armed = nil
  }
}
