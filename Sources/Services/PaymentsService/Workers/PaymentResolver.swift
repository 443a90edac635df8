import Identifiers
import Logging
import Redis
import ServiceHost
import ServiceLifecycle
import Synchronization
import Telemetry

/// Drives what is unresolved until it is not: new attempts that handlers hand over, and every attempt whose time for
/// the next try has come, whoever began it.
///
/// Each process has one. A claim puts an attempt off by the lease, so that the others leave it alone meanwhile; when
/// its driver dies, the lease runs out and another takes over. A handler only waits here for an outcome: a caller that
/// goes away does not interrupt a charge.
///
/// What is new and what has become due have a limit each: however many pay at the moment, refunds and late outcomes are
/// looked after.
final class PaymentResolver: Service, Instrumented {
  /// At the longest; another process' attempts come up unheard when that process dies.
  private static let longestSleep: Duration = .seconds(5)

  let driver: AttemptDriver
  private let jobs: AsyncStream<DriveJob>
  private let handOver: AsyncStream<DriveJob>.Continuation
  private let bell = Wakeup()
  private let lanes = Mutex(DriveLanes())
  private let watchers = Mutex(Watchers<AttemptID, Wakeup>())
  private let isStopping = Mutex(false)

  init(driver: AttemptDriver) {
    self.driver = driver
    (jobs, handOver) = AsyncStream.makeStream(of: DriveJob.self)
  }

  var metrics: [any MetricSource] {
    [
      SampledMetrics { [store = driver.store] in
        let open = try await store.openMatters()
        return [
          .gauge(
            "ticketing_payments_unresolved", help: "Attempts to pay about which something is left to be done.",
            Double(open.unresolved)),
          .gauge(
            "ticketing_payment_oldest_unresolved_seconds", help: "Age of the oldest of these; 0: there is none.",
            open.age / .seconds(1)),
          .gauge(
            "ticketing_refunds_owed", help: "Payments whose money must go back and is not back yet.",
            Double(open.owed)),
          .gauge(
            "ticketing_payments_unsettled",
            help: "Payments of which the processor has not told for so long that nobody asks any more.",
            Double(open.unsettled)),
        ]
      }
    ]
  }

  /// Drives an attempt now. It is in the store already, with a lease of this process.
  func drive(_ id: AttemptID) {
    handOver.yield(DriveJob(id: id, lane: .new))
  }

  /// Something is due earlier than it was.
  func wake() {
    bell.ring()
  }

  /// The attempt once it is no longer pending, or waits for the card holder, or as it is at `deadline`. Wherever it is
  /// being driven. `revision`: it has been seen waiting for the card holder, and that is not news.
  func outcome(
    of id: AttemptID, until deadline: ContinuousClock.Instant, after revision: Int64? = nil
  ) async throws -> Attempt? {
    let wakeup = Wakeup()
    let place = watchers.withLock { $0.add(wakeup, of: id) }
    defer { watchers.withLock { $0.remove(place) } }
    var interval: Duration = .milliseconds(100)
    while true {
      let attempt = try await driver.store.attempt(id)
      let remaining = ContinuousClock.now.duration(to: deadline)
      let isChallenged = attempt?.challenge != nil && attempt?.revision != revision
      guard attempt?.status == .pending, !isChallenged, remaining > .zero, !isLeft(id) else { return attempt }
      await wakeup.wait(atMost: min(interval, remaining))
      try Task.checkCancellation()
      // Another process may be the one that drives it.
      interval = min(interval * 2, .seconds(1))
    }
  }

  /// This process is stopping, and the attempt is for another to drive: waiting would only hold the stop up.
  private func isLeft(_ id: AttemptID) -> Bool {
    isStopping.withLock { $0 } && !lanes.withLock { $0.isDriven(id) }
  }

  func run() async throws {
    await withTaskCancellationOrGracefulShutdownHandler {
      await withDiscardingTaskGroup { group in
        group.addTask { await self.claimForEver() }
        for await job in jobs where lanes.withLock({ $0.begin(job) }) {
          group.addTask { await self.finish(job) }
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
    let room = lanes.withLock(\.roomForDue)
    // The end of a drive rings.
    guard room > 0 else { return Self.longestSleep }
    do {
      let (claimed, next) = try await driver.store.claimDue(lease: driver.settings.lease, limit: room)
      for text in claimed {
        guard let id = AttemptID(text) else {
          driver.logger.error("an unresolved attempt has a malformed id", metadata: ["id": .string(text)])
          continue
        }
        // Counted here, so that the next claim knows of it.
        lanes.withLock { $0.countDue() }
        handOver.yield(DriveJob(id: id, lane: .due))
      }
      return next.map { min(max($0, .milliseconds(1)), Self.longestSleep) } ?? Self.longestSleep
    } catch {
      // The client says that its Redis is away.
      driver.logger.debug("cannot look for unresolved payments", metadata: ["error": .string("\(error)")])
      return .seconds(1)
    }
  }

  private func finish(_ job: DriveJob) async {
    do {
      try await driver.drive(job.id)
    } catch is CancellationError {
    } catch {
      driver.logger.warning(
        "a payment cannot be driven on; it is tried again",
        metadata: ["attempt": .string(job.id.description), "error": .string("\(error)")])
    }
    for watcher in watchers.withLock({ $0[job.id] }) { watcher.ring() }
    for id in lanes.withLock({ $0.end(job) }) { drive(id) }
    bell.ring()
  }
}
