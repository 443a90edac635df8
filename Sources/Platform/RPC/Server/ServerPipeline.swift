import HTTP2
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
    let side = HTTP2Engine.Side.server(maxConcurrentStreams: limits.maxConcurrentCalls)
    let pipeline = channel.pipeline.syncOperations
    if let tls {
      try pipeline.addHandler(NIOSSLServerHandler(context: tls))
      try pipeline.addHandler(
        TLSHandshakeHandler { [unowned channel] in
          connection.peerName = try pipeline.nioSSL_peerCertificate().flatMap(PeerAddress.name(of:))
          try connection.beginHTTP2(side, on: channel)
        })
    } else {
      try connection.beginHTTP2(side, on: channel)
    }
    connection.startLifecycle(forLimit: limits.handshakeTimeout)
  }
}
