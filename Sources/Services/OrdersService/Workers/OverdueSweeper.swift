import Identifiers
import Logging
import Redis
import ServiceLifecycle
import Telemetry

/// Cancels orders whose time is over and of which no timer has told: a safety net beneath the expiration service, for
/// which it leaves `grace`. Several processes may do so at once; each order is still cancelled once.
struct OverdueSweeper: Service, Instrumented {
  let store: OrderStore
  let logger: Logger
  var interval: Duration = .seconds(3)
  var grace: Duration = .seconds(5)
  /// Orders that are looked at together.
  var batch = 64
  /// Batches of one sweep; the next sweep goes on.
  var maximumBatches = 100

  private static let longestWait: Duration = .seconds(30)

  /// What a sweep found, in orders.
  struct Findings: Sendable, Hashable {
    var expired = 0
    /// A payment is under way; they come up again until it has ended.
    var beingPaid = 0
    /// Without a record, or with a malformed one: people must look.
    var broken: Set<String> = []
    /// Something else happened to them meanwhile.
    var settled = 0

    /// How many of those found are still among the overdue.
    fileprivate var remaining: Int { beingPaid + broken.count }
  }

  var metrics: [any MetricSource] {
    [
      SampledMetrics { [store, grace] in
        let (open, overdue) = try await store.openAndOverdue(for: grace)
        return [
          .gauge("ticketing_orders_open", help: "Orders that are neither paid nor cancelled.", Double(open)),
          .gauge(
            "ticketing_orders_overdue", help: "Open orders whose time was over some seconds ago.", Double(overdue)),
        ]
      }
    ]
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var wait = interval
      var last = Findings()
      while !Task.isCancelled {
        // Processes that were started together do not sweep together.
        try? await Task.sleep(for: wait * Double.random(in: 0.75...1.25))
        guard !Task.isCancelled else { return }
        do {
          let findings = try await sweep()
          report(findings, after: last)
          last = findings
          wait = interval
        } catch {
          // That Redis is away, its client says.
          logger.debug("overdue orders were not looked for", metadata: ["cause": "\(error)"])
          wait = min(wait * 2, max(interval, Self.longestWait))
        }
      }
    }
  }

  /// One look at all that is overdue, or as much as one sweep may do. Throws where the store is away.
  func sweep() async throws -> Findings {
    var findings = Findings()
    for _ in 0..<maximumBatches {
      let ids = try await store.overdue(for: grace, skipping: findings.remaining, limit: batch)
      try await withThrowingTaskGroup(of: (String, Finding).self) { group in
        for id in ids { group.addTask { (id, try await expire(id)) } }
        for try await (id, finding) in group { findings.add(finding, id) }
      }
      if ids.count < batch || Task.isCancelled { break }
    }
    return findings
  }

  fileprivate enum Finding {
    case expired, beingPaid, broken, settled
  }

  private func expire(_ id: String) async throws -> Finding {
    guard let ulid = ULID(id) else { return .broken }
    do {
      switch try await store.apply(.timeIsOver, to: ulid, trace: "") {
      case .changed(let order): return order.status.isFinal ? .expired : .beingPaid
      case .unchanged(let order) where order.status.isFinal:
        // Another process was first, or the set is wrong; that it must leave is certain.
        try await store.close(id)
        return .settled
      case .unchanged: return .beingPaid
      case .tooEarly, nil: return .broken
      }
    } catch is Contended {
      return .settled
    } catch let error as RedisError where error.isOutage {
      throw error
    } catch let error as CancellationError {
      throw error
    } catch {
      return .broken
    }
  }

  private func report(_ findings: Findings, after last: Findings) {
    guard findings.expired > 0 || !findings.broken.isSubset(of: last.broken) else { return }
    var metadata: Logger.Metadata = [
      "expired": "\(findings.expired)", "being_paid": "\(findings.beingPaid)", "broken": "\(findings.broken.count)",
    ]
    if let example = findings.broken.min() { metadata["broken_example"] = "\(example)" }
    logger.notice("found orders whose time was over", metadata: metadata)
  }
}

extension OverdueSweeper.Findings {
  fileprivate mutating func add(_ finding: OverdueSweeper.Finding, _ id: String) {
    switch finding {
    case .expired: expired += 1
    case .beingPaid: beingPaid += 1
    case .settled: settled += 1
    case .broken: broken.insert(id)
    }
  }
}
