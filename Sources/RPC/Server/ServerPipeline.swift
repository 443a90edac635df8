import Logging
import NIOCore
import NIOHTTP2
import NIOSSL

/// The handlers of an accepted connection: TLS, and once it has chosen `h2`, coalescer, HTTP/2 and engine.
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
    let coalescer = WriteCoalescer(floodGuard: FrameFloodGuard(expectsPreface: true, now: .now())) { _ in
      connection.closeForFlood()
    }
    let engine = HTTP2Engine(connection, channel: channel, coalescer: coalescer, stopsReadingWhileUnwritable: true)
    connection.engine = engine
    let http2 = HTTP2Settings.handler(
      mode: .server, maxConcurrentStreams: connection.limits.maxConcurrentCalls, engine)
    try channel.pipeline.syncOperations.addHandlers([coalescer, http2, engine])
  }
}
