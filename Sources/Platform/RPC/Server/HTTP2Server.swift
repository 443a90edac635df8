import HTTP2
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import TLSFiles

/// A gRPC server for a ``MethodTable``, on a TCP port or a unix socket.
///
/// Handlers run on the event loop of their connection: what computes for long, or blocks, belongs on a pool.
package struct HTTP2Server: Service {
  private let table: MethodTable
  private let address: ServerAddress
  private let tls: TLSContexts?
  private let limits: ServerLimits
  private let group: any EventLoopGroup
  private let logger: Logger
  private let bound = OneShot<SocketAddress>()

  /// `tls` with `certificateVerification` other than `.none` asks for a client certificate (mTLS); its name is
  /// ``CallContext/peerName``. ALPN is set to `h2` here.
  package init(
    table: MethodTable,
    address: ServerAddress,
    tls: TLSSource? = nil,
    limits: ServerLimits = ServerLimits(),
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    logger: Logger
  ) {
    self.table = table
    self.address = address
    self.tls = tls.map { TLSContexts($0, logger: logger, adjust: \.forHTTP2) }
    self.limits = limits
    self.group = group
    self.logger = logger
  }

  /// Where the server listens, once it does. Throws what ``run()`` throws where it could not start.
  package var boundAddress: SocketAddress {
    get async throws { try await bound.value }
  }

  /// Serves until graceful shutdown or cancellation; calls in flight then have `drainTimeout` to finish.
  package func run() async throws {
    let registry = ConnectionRegistry(limit: limits.maxConnections)
    let listener: any Channel
    do {
      listener = try await listen(registry)
      guard let local = listener.localAddress else { throw ChannelError.unknownLocalAddress }
      bound.complete(.success(local))
    } catch {
      bound.complete(.failure(error))
      throw error
    }
    await withTaskCancellationOrGracefulShutdownHandler {
      // Ends when the listener is closed, by the handler below.
      _ = try? await listener.closeFuture.get()
    } onCancelOrGracefulShutdown: {
      listener.close(promise: nil)
    }
    await drain(registry)
  }

  private func listen(_ registry: ConnectionRegistry) async throws -> any Channel {
    // Files that are of no use stop the start, not the first connection.
    _ = try tls?.current()
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { [table, limits, tls, logger] channel in
        channel.eventLoop.makeCompletedFuture {
          try ServerPipeline.configure(
            channel, table: table, limits: limits, tls: try tls?.current(), registry: registry, logger: logger)
        }
      }
    switch address {
    case .tcp(let host, let port):
      return try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .bind(host: host, port: port).get()
    case .unix(let path):
      return try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
    }
  }

  /// Bounded: each connection closes itself `drainTimeout` after this, which cancels its handlers.
  private func drain(_ registry: ConnectionRegistry) async {
    let connections = registry.drain()
    for connection in connections { connection.onLoop { connection.drain() } }
    let all = EventLoopFuture.andAllComplete(connections.map(\.finished.futureResult), on: group.any())
    let patience = group.any().makePromise(of: Void.self)
    all.cascade(to: patience)
    let limit = group.any().scheduleTask(in: TimeAmount(limits.drainTimeout) + .seconds(2)) {
      patience.succeed(())
    }
    _ = try? await patience.futureResult.get()
    limit.cancel()
  }
}
