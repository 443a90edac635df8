import Identifiers
import Synchronization

/// Wakes a poller from its sleep when a timer is set that is due before it would wake.
final class Alarm: Sendable {
  private enum State {
    /// The earliest timer that was set since the poller last looked; nil: none.
    case awake(earliest: UnixTime?)
    case asleep(until: UnixTime, Task<Void, Never>)
  }

  private let state = Mutex(State.awake(earliest: nil))

  /// Before a look at the timers: those set until now will be seen by it.
  func reset() { state.withLock { $0 = .awake(earliest: nil) } }

  /// After a timer has been set.
  func ring(at time: UnixTime) {
    state.withLock { state in
      switch state {
      case .awake(let earliest): state = .awake(earliest: min(earliest ?? time, time))
      case .asleep(let until, let sleep): if time < until { sleep.cancel() }
      }
    }
  }

  /// Sleeps for `duration`, which ends at `time` by the clock that timers are set by; less where an earlier timer has
  /// been set since `reset`, or is meanwhile, or the task is cancelled.
  func sleep(for duration: Duration, until time: UnixTime) async {
    let sleep = state.withLock { state -> Task<Void, Never>? in
      if case .awake(let earliest?) = state, earliest < time { return nil }
      let sleep = Task { _ = try? await Task.sleep(for: duration) }
      state = .asleep(until: time, sleep)
      return sleep
    }
    guard let sleep else { return }
    await withTaskCancellationHandler {
      await sleep.value
    } onCancel: {
      sleep.cancel()
    }
  }
}
