import HTTP2
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import TLSFiles

/// Calls methods of a gRPC server over several HTTP/2 connections.
///
/// ``run()`` keeps the connections; calls may be made before, and wait for it. A call is sent again once, and only
/// where the peer surely did not run it; one that finds its connection closing takes another.
package final class HTTP2Client: RPCChannel, Service {
  let configuration: ClientConfiguration
  let pool: ConnectionPool
  let group: any EventLoopGroup
  let logger: Logger
  private let targets: TargetList
  private let tls: TLSContexts?
  private let serverName: String?
  private let slots: Int
  private let loopCount: Int
  private let complaints: ConnectComplaints

  /// `target` is `host:port` or `unix:/path`, or several of these, comma-separated: the connections spread over all
  /// addresses, and where one is away its connections go to the others. ALPN is set to `h2` here. Throws
  /// ``RPCTarget/Malformed``.
  package init(
    target: String,
    tls: TLSSource? = nil,
    configuration: ClientConfiguration = ClientConfiguration(),
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    logger: Logger
  ) throws {
    self.targets = try TargetList(target)
    self.tls = tls.map { TLSContexts($0, logger: logger, adjust: \.forHTTP2) }
    self.configuration = configuration
    self.group = group
    self.logger = logger
    self.serverName = configuration.serverName
    self.complaints = ConnectComplaints(
      target: targets.description, grace: configuration.startupGrace, logger: logger)
    let loops = max(1, Array(group.makeIterator()).count)
    self.loopCount = loops
    self.slots = max(configuration.connections, loops, targets.targets.count)
    self.pool = ConnectionPool(slots: slots, configuration: configuration, target: targets)
  }

  /// Connects, and reconnects, until graceful shutdown or cancellation; calls in flight then have `drainTimeout`.
  package func run() async throws {
    let loops = Array(group.makeIterator())
    await withTaskGroup(of: Void.self) { tasks in
      for slot in 0..<slots {
        tasks.addTask { await self.keepConnected(slot: slot, on: loops[slot % loops.count]) }
      }
      try? await gracefulShutdown()
      tasks.cancelAll()
    }
    let deadline = NIODeadline.now() + TimeAmount(configuration.drainTimeout)
    let open = pool.shutDown()
    for connection in open { connection.onLoop { connection.drain(until: deadline) } }
    for connection in open { await connection.finished.completion() }
  }

  private func keepConnected(slot: Int, on eventLoop: any EventLoop) async {
    var backoff = ReconnectBackoff(configuration.backoff)
    while !Task.isCancelled {
      do {
        let began = NIODeadline.now()
        try await holdConnection(slot: slot, on: eventLoop)
        // One that was good for a while is replaced at once; one that broke at once is a failure.
        if NIODeadline.now() - began > .seconds(1) {
          backoff.reset()
          continue
        }
      } catch {
        if Task.isCancelled { return }
        pool.failed(slot: slot, error)
        complaints.failed(error)
      }
      try? await Task.sleep(for: backoff.wait())
    }
  }

  /// Returns when the connection takes no calls any more. Throws where there came to be none.
  private func holdConnection(slot: Int, on eventLoop: any EventLoop) async throws {
    let connection = try await connect(slot: slot, on: eventLoop)
    guard pool.opened(connection, slot: slot) else {
      connection.onLoop { connection.drain(until: .now()) }
      return
    }
    complaints.connected()
    // Not held by the group of tasks: a retired connection lives on for its last calls, which may take longer than
    // its replacement.
    connection.finished.whenComplete { [pool] _ in pool.closed(connection) }
    // Before the calls that it refused are told, so that they are not tried again on it.
    connection.retired.whenComplete { [pool] _ in pool.retired(connection) }
    try? await connection.retired.value
  }

  /// To the slot's own address, or to the next that answers: a server that goes away must not leave its slots waiting
  /// while others could serve. Throws what the last address came to.
  private func connect(slot: Int, on eventLoop: any EventLoop) async throws -> ClientConnection {
    let endpoints = try await AddressResolver.endpoints(
      of: targets, on: eventLoop, timeout: configuration.connectTimeout)
    // The slots of one loop have different addresses too.
    let first = slot + slot / loopCount
    var failure: any Error = ChannelError.eof
    for turn in 0..<endpoints.count where !Task.isCancelled {
      let endpoint = endpoints[(first + turn) % endpoints.count]
      do {
        return try await connect(to: endpoint, on: eventLoop)
      } catch {
        failure = error
      }
    }
    throw failure
  }

  private func connect(to endpoint: AddressResolver.Endpoint, on eventLoop: any EventLoop) async throws
    -> ClientConnection
  {
    let connection = ClientConnection(
      configuration: configuration, eventLoop: eventLoop, logger: logger, peer: endpoint.target.description,
      requestHeaders: RequestHeaders(
        scheme: tls == nil ? "http" : "https", authority: authority(of: endpoint.target)))
    try await ClientPipeline.connect(
      to: endpoint.address, tls: try tls?.current(), serverName: tlsServerName(of: endpoint.target),
      connection: connection)
    return connection
  }

  private func authority(of target: RPCTarget) -> String {
    if let serverName { return serverName }
    if case .unix = target { return "localhost" }
    return target.description
  }

  /// SNI and the name that is verified; nil for an address, which is no name.
  private func tlsServerName(of target: RPCTarget) -> String? {
    if let serverName { return serverName }
    guard case .host(let host, _) = target, (try? SocketAddress(ipAddress: host, port: 0)) == nil else { return nil }
    return host
  }
}
