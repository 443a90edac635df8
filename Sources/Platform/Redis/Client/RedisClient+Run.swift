import Logging
import NIOCore
import ServiceLifecycle

extension RedisClient {
  /// Keeps the connections until graceful shutdown or cancellation; then takes no more commands, waits for the
  /// replies that are out, `drainTimeout` at most, and closes.
  package func run() async throws {
    let outage = OutageLog(url: url, startWait: configuration.startWait, logger: logger)
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        for shard in self.shards {
          shard.start()
          for _ in 0..<shard.connectionCount {
            group.addTask { await self.keepConnection(in: shard, outage: outage) }
          }
        }
      }
    }
    for shard in shards { try await shard.eventLoop.submit { shard.stop() }.get() }
  }

  /// One connection after the other, until the task is cancelled.
  private func keepConnection(in shard: LoopShard, outage: OutageLog) async {
    var backoff = Backoff(first: configuration.firstBackoff, limit: configuration.longestBackoff)
    while !Task.isCancelled {
      do {
        let connection = try await dialer.dial(on: shard.eventLoop)
        backoff.reset()
        outage.connected()
        let reason = await serve(connection, in: shard)
        guard !Task.isCancelled else { return }
        outage.failed(reason)
      } catch {
        guard !Task.isCancelled else { return }
        let error = error as? RedisError ?? .notConnected("\(error)")
        outage.failed(error)
        shard.eventLoop.execute { shard.failed(error) }
      }
      // After a loss too: a server that restarts closes all connections at one moment.
      try? await Task.sleep(for: backoff.next())
    }
  }

  /// Returns why the connection ended.
  private func serve(_ connection: RedisConnection, in shard: LoopShard) async -> RedisError {
    let drainTimeout = TimeAmount(configuration.drainTimeout)
    return await withTaskCancellationHandler {
      _ = try? await shard.eventLoop.flatSubmit {
        shard.attach(connection)
        return connection.closed
      }.get()
      let reason = try? await shard.eventLoop.submit { connection.queue.closeReason }.get()
      return reason ?? .notConnected("the connection is closed")
    } onCancel: {
      shard.eventLoop.execute { connection.drain(until: .now() + drainTimeout) }
    }
  }
}
