import Logging
import NIOCore
import NIOPosix
import ServiceDoubles
import ServiceLifecycle

@testable import Gateway

/// Runs a gateway on a port of the system's choice while `body` runs, then shuts it down.
func withServer(
  _ configuration: GatewayConfiguration = .patient,
  _ body: @Sendable (Server) async throws -> Void
) async throws {
  var configuration = configuration
  configuration.host = "127.0.0.1"
  configuration.port = 0
  let (ports, continuation) = AsyncStream<Int>.makeStream()
  let platform = Platform(
    configuration,
    onServerRunning: { channel in
      continuation.yield(channel.localAddress?.port ?? 0)
      continuation.finish()
    })
  let group = ServiceGroup(
    services: [platform.application], logger: platform.log.logger(level: .critical))
  try await withThrowingTaskGroup(of: Void.self) { tasks in
    tasks.addTask {
      defer { continuation.finish() }
      try await group.run()
    }
    guard let port = await ports.first(where: { _ in true }) else {
      try await tasks.waitForAll()
      return
    }
    do {
      try await body(Server(port: port, platform: platform, group: group))
    } catch {
      await group.triggerGracefulShutdown()
      throw error
    }
    await group.triggerGracefulShutdown()
    try await tasks.waitForAll()
  }
}

/// A gateway that listens.
struct Server: Sendable {
  let port: Int
  let platform: Platform
  let group: ServiceGroup

  /// Runs `body` with a connection on which a test writes what it likes.
  @discardableResult
  func connected<Result: Sendable>(_ body: (inout RawConnection) async throws -> Result) async throws
    -> Result
  {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      var connection = RawConnection(inbound: inbound.makeAsyncIterator(), outbound: outbound)
      return try await body(&connection)
    }
  }

  /// Writes `text` and returns all that comes back until the gateway closes.
  func exchange(_ text: String) async throws -> String {
    try await connected { connection in
      try? await connection.send(text)
      return await connection.readToEnd()
    }
  }
}

/// Bytes to and from a gateway.
struct RawConnection {
  private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  private(set) var received = ""

  init(
    inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
    outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) {
    self.inbound = inbound
    self.outbound = outbound
  }

  func send(_ text: String) async throws {
    try await outbound.write(ByteBuffer(string: text))
  }

  /// Says that nothing more will be sent.
  func finish() { outbound.finish() }

  /// Reads until all of `text` has come; false where the gateway closed before.
  mutating func read(until text: String) async throws -> Bool {
    while !received.contains(text) {
      guard let bytes = try await inbound.next() else { return false }
      received += String(buffer: bytes)
    }
    return true
  }

  /// Everything until the gateway closes, or resets, the connection.
  mutating func readToEnd() async -> String {
    while let bytes = try? await inbound.next() { received += String(buffer: bytes) }
    return received
  }
}

extension String {
  /// The codes of the answers in a connection's bytes, in order.
  var statusCodes: [Int] {
    matches(of: #/HTTP/1\.1 (\d\d\d) /#).compactMap { Int($0.1) }
  }
}
