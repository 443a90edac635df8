import NIOCore

/// A connection for commands that make the server wait, such as `XREADGROUP … BLOCK`: nobody else's commands queue
/// behind them. After a time-out or a cancellation it is closed, because a late reply, with entries in it, would be
/// lost; whoever reads takes a new one and begins with its own pending entries.
package struct RedisBlockingConnection: RedisSender {
  let connection: RedisConnection
  let commandTimeout: Duration

  package func send(_ command: RedisCommand, timeout: Duration?) async throws -> RESPValue {
    let deadline = try NIODeadline(timeout: timeout ?? commandTimeout)
    do {
      let reply = try await connection.perform(.command(command), deadline: deadline)
      if case .error(let text) = reply { throw RedisError.server(text) }
      return reply
    } catch let error where error is CancellationError || (error as? RedisError)?.kind == .timedOut {
      connection.eventLoop.execute { connection.close(.notConnected("closed after a command was given up")) }
      throw error
    }
  }
}

extension RedisClient {
  /// Opens a connection for `body` alone, and closes it when `body` is done. Throws `RedisError` if there is none to
  /// be had; it does not try again by itself. While the client starts it waits as commands do, for a server that starts
  /// at the same time.
  package func withBlockingConnection<R>(
    _ body: (RedisBlockingConnection) async throws -> R
  ) async throws -> R {
    let shard = shard()
    if !shard.isReady { _ = try? await ping() }
    try Task.checkCancellation()
    let connection = try await dialer.dial(on: shard.eventLoop)
    defer { shard.eventLoop.execute { connection.close(.notConnected("the connection's scope has ended")) } }
    return try await body(
      RedisBlockingConnection(connection: connection, commandTimeout: configuration.commandTimeout))
  }
}
