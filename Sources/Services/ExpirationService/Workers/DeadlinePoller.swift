import Identifiers
import Logging
import Redis
import ServiceLifecycle
import Telemetry

/// Fires the timers that are due. Any number of processes may run one: the script lets each timer fire once.
///
/// It sleeps until the next timer, but for a second at most, because timers are set by other processes too.
struct DeadlinePoller: Service, Instrumented {
  let store: DeadlineStore
  let alarm: Alarm
  let logger: Logger
  /// Timers of other processes are found this late.
  var longestSleep: Duration = .seconds(1)
  let measurements = ExpirationMetrics()

  var metrics: [any MetricSource] { measurements.sources(store.redis) }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var backoff = Backoff(first: .milliseconds(50), limit: .seconds(2))
      while !Task.isCancelled {
        do {
          try await fireAllDue()
          backoff.reset()
        } catch {
          // A look that was cut off is no harm: the timers are in the set, or fired.
          guard !Task.isCancelled else { return }
          logger.error("timers cannot be fired, trying again", metadata: ["cause": "\(error)"])
          try? await Task.sleep(for: backoff.next())
        }
      }
    }
  }

  /// One batch after the other until none is due, then sleep.
  private func fireAllDue() async throws {
    alarm.reset()
    var timers = try await store.fire([])
    while !timers.due.isEmpty, !Task.isCancelled {
      alarm.reset()
      let due = timers.due
      timers = try await store.fire(due)
      report(timers, of: due)
    }
    // 0 here: only members that are no text are due, which somebody else has put there.
    let wait = timers.next.flatMap { $0 > .zero ? $0 : nil } ?? longestSleep
    let sleep = min(wait, longestSleep)
    await alarm.sleep(
      for: sleep, until: UnixTime(milliseconds: timers.now.milliseconds + sleep.wholeMilliseconds))
  }

  private func report(_ look: DueTimers, of due: [DueTimer]) {
    let fired = Set(look.fired)
    for timer in due where fired.contains(timer.order) {
      let (late, overflow) = look.now.milliseconds.subtractingReportingOverflow(timer.deadline.milliseconds)
      let delay = Duration.milliseconds(overflow ? 0 : late)
      measurements.firingDelay.record(delay)
      logger.info(
        "the time to pay is over",
        metadata: ["order": "\(timer.order)", "trace": "\(timer.trace)", "late_ms": "\(delay / .milliseconds(1))"])
    }
  }
}
