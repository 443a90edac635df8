import Identifiers
import Logging
import Redis
import ServiceLifecycle
import Synchronization
import Telemetry

/// Drives what is unresolved until it is not: new attempts that handlers hand over, and every attempt whose time for
/// the next try has come, whoever began it.
///
/// Each process has one. A claim puts an attempt off by the lease, so that the others leave it alone meanwhile; when
/// its driver dies, the lease runs out and another takes over. A handler only waits here for an outcome: a caller that
/// goes away does not interrupt a charge.
final class PaymentResolver: Service, Instrumented {
  private struct State {
    var driving: Set<AttemptID> = []
    var watchers: [AttemptID: [Int: Wakeup]] = [:]
    var lastWatcher = 0
  }

  /// Claimed at once, and together being driven.
  private static let batch = 32
  /// At the longest; another process' attempts come up unheard when that process dies.
  private static let longestSleep: Duration = .seconds(5)

  let driver: AttemptDriver
  private let jobs: AsyncStream<AttemptID>
  private let handOver: AsyncStream<AttemptID>.Continuation
  private let bell = Wakeup()
  private let state = Mutex(State())
  private let isStopping = Mutex(false)

  init(driver: AttemptDriver) {
    self.driver = driver
    (jobs, handOver) = AsyncStream.makeStream(of: AttemptID.self)
  }

  var metrics: [any MetricSource] {
    [
      SampledMetrics { [store = driver.store] in
        let (count, oldest) = try await store.unresolved()
        let age = oldest.map { max(0, Double(UnixTime.now().milliseconds &- $0.milliseconds) / 1000) } ?? 0
        return [
          .gauge(
            "ticketing_payments_unresolved", help: "Attempts to pay about which something is left to be done.",
            Double(count)),
          .gauge(
            "ticketing_payment_oldest_unresolved_seconds", help: "Age of the oldest of these; 0: there is none.", age),
        ]
      }
    ]
  }

  /// Drives an attempt now. It is in the store already, with a lease of this process.
  func drive(_ id: AttemptID) {
    handOver.yield(id)
  }

  /// Something is due earlier than it was.
  func wake() {
    bell.ring()
  }

  /// The attempt once it is no longer pending, or as it is at `deadline`. Wherever it is being driven.
  func outcome(of id: AttemptID, until deadline: ContinuousClock.Instant) async throws -> Attempt? {
    let (number, wakeup) = watch(id)
    defer { unwatch(id, number) }
    var interval: Duration = .milliseconds(100)
    while true {
      let attempt = try await driver.store.attempt(id)
      let remaining = ContinuousClock.now.duration(to: deadline)
      guard attempt?.status == .pending, remaining > .zero, !isLeft(id) else { return attempt }
      await wakeup.wait(atMost: min(interval, remaining))
      try Task.checkCancellation()
      // Another process may be the one that drives it.
      interval = min(interval * 2, .seconds(1))
    }
  }

  /// This process is stopping, and the attempt is for another to drive: waiting would only hold the stop up.
  private func isLeft(_ id: AttemptID) -> Bool {
    isStopping.withLock { $0 } && !state.withLock { $0.driving.contains(id) }
  }

  func run() async throws {
    await withTaskCancellationOrGracefulShutdownHandler {
      await withDiscardingTaskGroup { group in
        group.addTask { await self.claimForEver() }
        for await id in jobs where begin(id) {
          group.addTask { await self.finish(id) }
        }
      }
    } onCancelOrGracefulShutdown: {
      self.isStopping.withLock { $0 = true }
      self.handOver.finish()
      self.bell.ring()
    }
  }

  private func claimForEver() async {
    while !isStopping.withLock({ $0 }), !Task.isCancelled {
      await bell.wait(atMost: await claim())
    }
  }

  /// Hands over what is due, and answers how long to sleep.
  private func claim() async -> Duration {
    let room = Self.batch - state.withLock { $0.driving.count }
    // The end of a drive rings.
    guard room > 0 else { return Self.longestSleep }
    let now = UnixTime.now()
    do {
      let (claimed, next) = try await driver.store.claimDue(
        now: now, lease: now.adding(driver.settings.lease), limit: room)
      for text in claimed {
        guard let id = AttemptID(text) else {
          driver.logger.error("an unresolved attempt has a malformed id", metadata: ["id": .string(text)])
          continue
        }
        handOver.yield(id)
      }
      guard let next else { return Self.longestSleep }
      let (wait, overflow) = next.milliseconds.subtractingReportingOverflow(UnixTime.now().milliseconds)
      return overflow ? Self.longestSleep : min(max(.milliseconds(wait), .milliseconds(1)), Self.longestSleep)
    } catch {
      // The client says that its Redis is away.
      driver.logger.debug("cannot look for unresolved payments", metadata: ["error": .string("\(error)")])
      return .seconds(1)
    }
  }

  /// False: it is being driven here already.
  private func begin(_ id: AttemptID) -> Bool {
    state.withLock { $0.driving.insert(id).inserted }
  }

  private func finish(_ id: AttemptID) async {
    do {
      try await driver.drive(id)
    } catch is CancellationError {
    } catch {
      driver.logger.warning(
        "a payment cannot be driven on; it is tried again",
        metadata: ["attempt": .string(id.description), "error": .string("\(error)")])
    }
    let watchers = state.withLock { state in
      state.driving.remove(id)
      return Array((state.watchers[id] ?? [:]).values)
    }
    for watcher in watchers { watcher.ring() }
    bell.ring()
  }

  private func watch(_ id: AttemptID) -> (Int, Wakeup) {
    let wakeup = Wakeup()
    return state.withLock { state in
      state.lastWatcher &+= 1
      state.watchers[id, default: [:]][state.lastWatcher] = wakeup
      return (state.lastWatcher, wakeup)
    }
  }

  private func unwatch(_ id: AttemptID, _ number: Int) {
    state.withLock { state in
      state.watchers[id]?[number] = nil
      if state.watchers[id]?.isEmpty == true { state.watchers[id] = nil }
    }
  }
}
