import Logging
import NIOCore
import NIOSSL

/// The handlers of an accepted connection: TLS, and once it has chosen `h2`, the engine.
enum ServerPipeline {
  static func configure(
    _ channel: any Channel,
    table: MethodTable,
    limits: ServerLimits,
    tls: NIOSSLContext?,
    registry: ConnectionRegistry,
    logger: Logger
  ) throws {
    let connection = ServerConnection(table: table, limits: limits, logger: logger, channel: channel)
    guard registry.add(connection) else {
      connection.finished.succeed(())
      logger.debug("RPC connection refused: too many", metadata: ["peer": "\(connection.peer)"])
      channel.close(promise: nil)
      return
    }
    channel.closeFuture.whenComplete { _ in connection.closed() }
    let pipeline = channel.pipeline.syncOperations
    if let tls {
      try pipeline.addHandler(NIOSSLServerHandler(context: tls))
      try pipeline.addHandler(
        TLSHandshakeHandler { [unowned channel] in
          connection.peerName = try pipeline.nioSSL_peerCertificate().flatMap(PeerAddress.name(of:))
          try addHTTP2(to: channel, connection)
        })
    } else {
      try addHTTP2(to: channel, connection)
    }
    connection.startLifecycle()
  }

  private static func addHTTP2(to channel: any Channel, _ connection: ServerConnection) throws {
    let engine = HTTP2Engine(
      connection, side: .server(maxConcurrentStreams: connection.limits.maxConcurrentCalls), channel: channel)
    connection.engine = engine
    try channel.pipeline.syncOperations.addHandler(engine)
  }
}
