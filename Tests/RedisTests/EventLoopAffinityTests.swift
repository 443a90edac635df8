import NIOCore
import NIOPosix
import RedisTestSupport
import Testing

@testable import Redis

@Suite struct EventLoopAffinityTests {
  /// Runs a task on one event loop.
  private final class LoopExecutor: TaskExecutor {
    let eventLoop: any EventLoop
    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }
    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      let executor = asUnownedTaskExecutor()
      eventLoop.execute { job.runSynchronously(on: executor) }
    }
  }

  @Test func `a task on an event loop uses that loop's connections, and stays there`() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
    try await withRedisServer { server in
      try await withRedisClient(server, group: group) { redis in
        try await redis.waitUntilConnected()
        #expect(redis.shards.map(\.connectionCount) == [2, 1, 1])
        var seen: Set<Int64> = []
        for shard in redis.shards {
          let ids = try await withTaskExecutorPreference(LoopExecutor(shard.eventLoop)) {
            var ids: Set<Int64> = []
            // A second connection may still be on its way.
            for round in 0..<20_000 where round < 10 || ids.count < shard.connectionCount {
              ids.insert(try await redis.send(RedisCommand("CLIENT", "ID")).int64())
              shard.eventLoop.preconditionInEventLoop()
            }
            return ids
          }
          #expect(ids.count == shard.connectionCount)
          #expect(seen.isDisjoint(with: ids))
          seen.formUnion(ids)
        }
      }
    }
    try await group.shutdownGracefully()
  }

  @Test func `tasks elsewhere use all connections`() async throws {
    try await withRedis { redis in
      try await redis.waitUntilConnected()
      var ids: Set<Int64> = []
      let count = redis.shards.map(\.connectionCount).reduce(0, +)
      for round in 0..<20_000 where round < 40 || ids.count < count {
        ids.insert(try await redis.send(RedisCommand("CLIENT", "ID")).int64())
      }
      #expect(ids.count == count)
    }
  }
}
