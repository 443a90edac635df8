import NIOPosix
import ServiceLifecycle
import Synchronization
import Telemetry

/// Hashes and checks passwords on a few threads of its own, with a bound on how many may wait: a burst of sign-ins
/// costs its own latency and a 503, never the memory (32 MiB each while it runs) or the event loops of the process.
final class PasswordHasher: Service, Instrumented {
  private let pool: NIOThreadPool
  private let cost: ScryptCost
  private let limit: Int
  private let waiting = Mutex(0)
  /// Checked where there is no account, so that the answer takes the same time.
  private let decoy: PasswordRecord

  /// - Parameters:
  ///   - threads: how many hash at once, at most one a core.
  ///   - limit: how many may be running or waiting; the next one is refused.
  init(cost: ScryptCost, threads: Int, limit: Int) throws {
    self.cost = cost
    self.limit = limit
    pool = NIOThreadPool(numberOfThreads: threads)
    decoy = try PasswordRecord.make(password: "decoy", cost: cost)
    pool.start()
  }

  func run() async throws {
    try? await gracefulShutdown()
    try await pool.shutdownGracefully()
  }

  var metrics: [any MetricSource] {
    [
      SampledMetrics { [self] in
        [
          .gauge(
            "ticketing_password_queue", help: "Password hashes that run or wait.", Double(waiting.withLock { $0 })),
          .gauge("ticketing_password_queue_limit", help: "Beyond so many a sign-in is refused.", Double(limit)),
        ]
      }
    ]
  }

  func hash(_ password: String) async throws -> PasswordRecord {
    let cost = cost
    return try await perform { try PasswordRecord.make(password: password, cost: cost) }
  }

  /// Whether `password` belongs to `record`; false, after the same work, where there is no record.
  func verify(_ password: String, against record: PasswordRecord?) async throws -> Bool {
    let decoy = decoy
    return try await perform { try (record ?? decoy).matches(password) && record != nil }
  }

  /// Throws `AuthError.passwordQueueFull` at once where too many wait already.
  private func perform<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    let admitted = waiting.withLock { waiting in
      guard waiting < limit else { return false }
      waiting += 1
      return true
    }
    guard admitted else { throw AuthError.passwordQueueFull }
    defer { waiting.withLock { $0 -= 1 } }
    return try await pool.runIfActive(work)
  }
}
