import NIOCore
import NIOPosix
import NIOSSL
import TLSFiles

/// Opens connections that are ready for commands: TCP, TLS or unix socket, then the handshake.
final class Dialer: Sendable {
  let url: RedisURL
  let configuration: RedisClient.Configuration
  private let tls: TLSContexts

  init(url: RedisURL, configuration: RedisClient.Configuration) {
    self.url = url
    self.configuration = configuration
    tls = TLSContexts(.client(configuration.tls.files), logger: nil)
  }

  func dial(on eventLoop: any EventLoop) async throws -> RedisConnection {
    let connection = try RedisConnection(
      eventLoop: eventLoop,
      limits: .init(
        pendingCommands: configuration.maximumPendingCommands, unsentBytes: configuration.maximumUnsentBytes,
        silence: TimeAmount(configuration.silenceLimit)),
      replyLimits: configuration.replyLimits)
    let deadline = NIODeadline.now() + TimeAmount(configuration.connectTimeout)
    do {
      try await open(connection, on: eventLoop)
    } catch let error as RedisError {
      throw error
    } catch {
      throw RedisError.notConnected("cannot connect to \(url): \(Self.reason(error))")
    }
    do {
      try await Handshake(url: url, clientName: configuration.clientName).perform(on: connection, deadline: deadline)
      return connection
    } catch {
      eventLoop.execute { connection.close(.notConnected("the handshake failed")) }
      guard let error = error as? RedisError, error.kind != .authentication, error.kind != .notConnected else {
        throw error
      }
      throw RedisError.notConnected("cannot connect to \(url): the handshake failed: \(error.message)")
    }
  }

  private func open(_ connection: RedisConnection, on eventLoop: any EventLoop) async throws {
    let context = try url.usesTLS ? tls.current() : nil
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(TimeAmount(configuration.connectTimeout))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: context, serverHostname: self.serverName))
          }
          try channel.pipeline.syncOperations.addHandler(connection)
        }
      }
    switch url.address {
    case .unixSocket(let path): _ = try await bootstrap.connect(unixDomainSocketPath: path).get()
    case .tcp(let host, let port):
      _ = try await bootstrap.channelOption(.socketOption(.so_keepalive), value: 1).connect(host: host, port: port)
        .get()
    }
  }

  /// nil for an address: certificates of addresses are checked without a name, and SNI has none.
  private var serverName: String? {
    if let name = configuration.tls.serverName { return name }
    guard case .tcp(let host, let port) = url.address else { return nil }
    return (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil
  }

  /// The cause in a line: the library's own text lists every address with its structure.
  private static func reason(_ error: any Error) -> String {
    guard let error = error as? NIOConnectionError else { return "\(error)" }
    if let attempt = error.connectionErrors.first { return "\(attempt.error)" }
    if let lookup = error.dnsAError ?? error.dnsAAAAError { return "\(error.host) is not known: \(lookup)" }
    return "no address of \(error.host) answers"
  }
}
