import Logging
import Redis
import ServiceHost
import ServiceLifecycle
import Synchronization

/// Wakes those who watch an order when it may have changed. What became of it they read themselves.
///
/// One blocking read of `OrderKeys.changes` serves all watchers of a process. Nothing hangs on it alone: when the read
/// had to begin anew, everybody is woken, and every watcher is woken now and then in any case.
final class OrderWatch: Service {
  private struct State {
    var watchers = Watchers<String, AsyncStream<Void>.Continuation>()
    var isStopped = false
  }

  /// A watcher is woken at least once in so many beats, each watcher at another one, so that they do not all read at
  /// the same moment.
  private static let beats = 15

  private let redis: RedisClient
  private let logger: Logger
  private let maximumWatchers: Int
  private let beat: Duration
  private let state = Mutex(State())

  init(redis: RedisClient, logger: Logger, maximumWatchers: Int = 10_000, beat: Duration = .seconds(1)) {
    self.redis = redis
    self.logger = logger
    self.maximumWatchers = maximumWatchers
    self.beat = beat
  }

  /// How many watch at the moment.
  var count: Int { state.withLock(\.watchers.count) }

  /// Gives `body` an element at once and whenever the order may have changed; a reader who is slow sees only that there
  /// was one. They end when the process stops. Throws `OrderError.tooManyWatchers`.
  func withWakeUps<Result>(of order: String, _ body: (AsyncStream<Void>) async throws -> Result) async throws -> Result
  {
    let (wakeUps, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let place = try state.withLock { state in
      guard state.watchers.count < maximumWatchers else { throw OrderError.tooManyWatchers }
      return state.watchers.add(continuation, of: order)
    }
    defer { state.withLock { $0.watchers.remove(place) } }
    continuation.yield()
    if state.withLock(\.isStopped) { continuation.finish() }
    return try await body(wakeUps)
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await self.followChanges() }
        group.addTask { await self.keepBeating() }
      }
    }
    stop()
  }

  private func followChanges() async {
    var isNews = true
    while !Task.isCancelled {
      do {
        try await redis.withBlockingConnection { connection in
          var last = try await connection.xrevrange(OrderKeys.changes, count: 1).first?.id ?? "0-0"
          isNews = true
          // From here on nothing is missed; what was missed before is read now.
          wake(where: { _ in true })
          while !Task.isCancelled { last = try await follow(connection, after: last) }
        }
      } catch {
        if isNews, !Task.isCancelled {
          logger.warning("orders' changes are not followed, trying again", metadata: ["cause": "\(error)"])
        }
        isNews = false
        try? await Task.sleep(for: beat * Double.random(in: 0.5...1))
      }
    }
  }

  /// Waits for changes after an entry; returns the last one's id.
  private func follow(_ connection: RedisBlockingConnection, after last: String) async throws -> String {
    let entries = try await connection.xread([(OrderKeys.changes, after: last)], count: 1000, block: .seconds(5))
      .flatMap(\.entries)
    for order in Set(entries.compactMap { $0.fields?["order"]?.string }) { wake(order) }
    return entries.last?.id ?? last
  }

  private func keepBeating() async {
    var turn = 0
    while !Task.isCancelled {
      try? await Task.sleep(for: beat)
      turn = (turn + 1) % Self.beats
      wake { [turn] number in number % Self.beats == turn }
    }
  }

  private func wake(_ order: String) {
    for watcher in state.withLock({ $0.watchers[order] }) { watcher.yield() }
  }

  private func wake(where isMeant: (Int) -> Bool) {
    for watcher in state.withLock({ $0.watchers.all(where: isMeant) }) { watcher.yield() }
  }

  private func stop() {
    let watchers = state.withLock { state in
      state.isStopped = true
      return state.watchers.all()
    }
    for watcher in watchers { watcher.finish() }
  }
}
