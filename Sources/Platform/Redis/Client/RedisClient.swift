import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Telemetry

/// A client for one Redis server: several multiplexed connections for commands, and connections of their own for
/// blocking reads.
///
/// `run()` keeps the connections; commands sent before it wait a little for the first one. A task that already runs on
/// one of the group's event loops uses a connection of that loop, so its commands hop no thread.
package final class RedisClient: Service, RedisSender, Instrumented {
  package let url: RedisURL
  package let configuration: Configuration
  let logger: Logger
  let dialer: Dialer
  /// One per event loop that has connections.
  let shards: [LoopShard]
  let commitScripts = CommitScriptCache()
  let measurements: RedisMetrics
  private let turn = Atomic<Int>(0)

  package init(
    url: RedisURL, configuration: Configuration = .init(), group: any EventLoopGroup, logger: Logger
  ) {
    self.url = url
    self.configuration = configuration
    self.logger = logger
    dialer = Dialer(url: url, configuration: configuration)
    let measurements = RedisMetrics(url: url)
    self.measurements = measurements
    let loops = Array(group.makeIterator())
    let count = max(1, configuration.connectionCount ?? min(max(4, loops.count), 32))
    shards = loops.prefix(count).enumerated().map { index, loop in
      // Spread evenly: with 4 connections on 3 loops the first has two.
      let share = count / min(count, loops.count) + (index < count % min(count, loops.count) ? 1 : 0)
      return LoopShard(
        eventLoop: loop, connectionCount: share, startWait: TimeAmount(configuration.startWait),
        maximumWaiting: configuration.maximumPendingCommands, measurements: measurements)
    }
  }

  /// Sends one command and waits for its reply. An error reply is thrown. `LOADING` is asked again until the deadline.
  /// Throws `RedisError`, or `CancellationError` as soon as the task is cancelled.
  package func send(_ command: RedisCommand, timeout: Duration? = nil) async throws -> RESPValue {
    let deadline = try NIODeadline(timeout: timeout ?? configuration.commandTimeout)
    var backoff = Backoff(first: .milliseconds(10), limit: .milliseconds(250))
    while true {
      let reply = try await measurements.measuring { try await shard().perform(.command(command), deadline: deadline) }
      guard case .error(let text) = reply else { return reply }
      let wait = backoff.next()
      guard text.hasPrefix("LOADING"), .now() + TimeAmount(wait) < deadline else { throw RedisError.server(text) }
      try await Task.sleep(for: wait)
    }
  }

  /// Sends several commands in one write on one connection. Replies in the order of the commands; an error reply is an
  /// element of the answer (`.error`), because the other commands have run.
  package func send(_ commands: [RedisCommand], timeout: Duration? = nil) async throws -> [RESPValue] {
    guard !commands.isEmpty else { return [] }
    let deadline = try NIODeadline(timeout: timeout ?? configuration.commandTimeout)
    return try await measurements.measuring { try await shard().perform(.pipeline(commands), deadline: deadline) }
      .array()
  }

  package var metrics: [any MetricSource] { [measurements] }

  /// The caller's own event loop if it runs on one and that is connected, else the next one that is.
  func shard() -> LoopShard {
    for shard in shards where shard.eventLoop.inEventLoop && shard.isReady { return shard }
    let start = turn.wrappingAdd(1, ordering: .relaxed).oldValue
    for offset in 0..<shards.count {
      let shard = shards[Int(UInt(bitPattern: start &+ offset) % UInt(shards.count))]
      if shard.isReady { return shard }
    }
    return shards.first { $0.eventLoop.inEventLoop } ?? shards[Int(UInt(bitPattern: start) % UInt(shards.count))]
  }
}
