import NIOCore
import NIOPosix
import Synchronization

@testable import Redis

/// A server that says what a test wants it to say. It answers the handshake by itself; `answer` gets every further
/// command and returns the writes to make, in order. An empty write closes the connection.
func withStubServer<R>(
  _ answer: @escaping @Sendable (StubRequest) -> [[UInt8]],
  _ body: (RedisURL, StubConnections) async throws -> R
) async throws -> R {
  let connections = StubConnections()
  let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
    .childChannelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(StubHandler(answer, connections))
      }
    }
    .bind(host: "127.0.0.1", port: 0).get()
  let port = server.localAddress?.port ?? 0
  do {
    let result = try await body(RedisURL(address: .tcp(host: "127.0.0.1", port: port)), connections)
    try await server.close()
    return result
  } catch {
    try? await server.close()
    throw error
  }
}

struct StubRequest {
  let command: [String]
  /// From 0, on its connection, the handshake left out.
  let number: Int
  /// From 0, in the order of connecting.
  let connection: Int
}

/// What the stub has seen.
final class StubConnections: Sendable {
  private let counts = Mutex((opened: 0, closed: 0))
  var opened: Int { counts.withLock(\.opened) }
  var closed: Int { counts.withLock(\.closed) }

  func open() -> Int {
    counts.withLock {
      $0.opened += 1
      return $0.opened - 1
    }
  }

  func close() { counts.withLock { $0.closed += 1 } }
}

private final class StubHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let answer: @Sendable (StubRequest) -> [[UInt8]]
  private let connections: StubConnections
  /// Requests have the form of replies, so the client's parser reads them.
  private let parser: ReplyParser
  private var number = 0
  private var connection = 0

  init(_ answer: @escaping @Sendable (StubRequest) -> [[UInt8]], _ connections: StubConnections) throws {
    self.answer = answer
    self.connections = connections
    parser = try ReplyParser(limits: ReplyLimits())
  }

  func channelActive(context: ChannelHandlerContext) { connection = connections.open() }
  func channelInactive(context: ChannelHandlerContext) { connections.close() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var commands: [[String]] = []
    try? unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
      try parser.feed(bytes) { request throws(RedisError) in
        if case .array(let words) = request { commands.append(words.map { (try? $0.string()) ?? "" }) }
      }
    }
    for command in commands {
      if ["AUTH", "HELLO", "CLIENT", "SELECT"].contains(command.first) {
        context.writeAndFlush(NIOAny(ByteBuffer(string: "+OK\r\n")), promise: nil)
        continue
      }
      for write in answer(StubRequest(command: command, number: number, connection: connection)) {
        if write.isEmpty {
          context.close(promise: nil)
        } else {
          context.writeAndFlush(NIOAny(ByteBuffer(bytes: write)), promise: nil)
        }
      }
      number += 1
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// `text` as one bulk string.
func bulk(_ text: String) -> [UInt8] { Array("$\(text.utf8.count)\r\n\(text)\r\n".utf8) }
