import HTTP2
import NIOCore
import NIOPosix
import NIOSSL

/// Opens a connection: socket, TLS, HTTP/2, up to the peer's SETTINGS.
enum ClientPipeline {
  /// Throws what stopped it; a connection that failed half-way is closed.
  static func connect(
    to address: SocketAddress, tls: NIOSSLContext?, serverName: String?, connection: ClientConnection
  ) async throws {
    let timeout = TimeAmount(connection.configuration.connectTimeout)
    let bootstrap = ClientBootstrap(group: connection.eventLoop)
      .connectTimeout(timeout)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try configure(channel, tls: tls, serverName: serverName, connection: connection)
        }
      }
    let isUnix = address.protocol == .unix
    let channel = try await (isUnix ? bootstrap : bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1))
      .connect(to: address).get()
    let limit = channel.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
    defer { limit.cancel() }
    do {
      try await connection.ready.value
    } catch {
      channel.close(promise: nil)
      throw error
    }
  }

  private static func configure(
    _ channel: any Channel, tls: NIOSSLContext?, serverName: String?, connection: ClientConnection
  ) throws {
    channel.closeFuture.whenComplete { _ in connection.closed() }
    let pipeline = channel.pipeline.syncOperations
    if let tls {
      try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: serverName))
      try pipeline.addHandler(
        TLSHandshakeHandler { [unowned channel] in try connection.beginHTTP2(.client, on: channel) })
      try pipeline.addHandler(ConnectErrorHandler(connection))
    } else {
      try connection.beginHTTP2(.client, on: channel)
    }
  }
}

/// Notes why TLS failed, before there is an engine that would.
private final class ConnectErrorHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let connection: ClientConnection

  init(_ connection: ClientConnection) {
    self.connection = connection
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    connection.failed(error)
  }
}
