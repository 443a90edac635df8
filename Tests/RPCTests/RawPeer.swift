import NIOCore
import NIOPosix

@testable import HTTP2

/// A peer that writes HTTP/2 frames by hand, and reads frames without understanding them.
final class RawPeer: Sendable {
  struct Frame: Sendable {
    let type: UInt8
    let flags: UInt8
    let streamID: UInt32
    let payload: ByteBuffer

    static let data: UInt8 = 0x0
    static let headers: UInt8 = 0x1
    static let reset: UInt8 = 0x3
    static let settings: UInt8 = 0x4
    static let ping: UInt8 = 0x6
    static let goAway: UInt8 = 0x7
    static let windowUpdate: UInt8 = 0x8
    static let continuation: UInt8 = 0x9

    var endsStream: Bool { flags & 0x1 != 0 }
  }

  private let channel: any Channel
  /// Ends when the connection is closed.
  let frames: AsyncStream<Frame>

  private init(channel: any Channel, frames: AsyncStream<Frame>) {
    self.channel = channel
    self.frames = frames
  }

  /// Connects to `target` ("host:port") and, unless told otherwise, sends the preface and SETTINGS.
  static func connect(to target: String, settings: [(UInt16, UInt32)]? = []) async throws -> RawPeer {
    let parts = target.split(separator: ":")
    let (frames, continuation) = AsyncStream<Frame>.makeStream()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            ByteToMessageHandler(FrameDecoder()), FrameReceiver(continuation))
        }
      }
      .connect(host: String(parts[0]), port: Int(parts[1]) ?? 0).get()
    let peer = RawPeer(channel: channel, frames: frames)
    if let settings {
      var bytes = ByteBuffer(string: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
      var payload = ByteBuffer()
      for (name, value) in settings {
        payload.writeInteger(name)
        payload.writeInteger(value)
      }
      bytes.writeImmutableBuffer(Self.frame(Frame.settings, payload: payload))
      try await peer.send(bytes)
    }
    return peer
  }

  func close() async {
    try? await channel.close()
  }

  func stopReading() async throws {
    try await channel.setOption(.autoRead, value: false).get()
  }

  func send(_ bytes: ByteBuffer) async throws {
    try await channel.writeAndFlush(bytes)
  }

  /// Waits until the other end has closed the connection.
  func closed() async {
    try? await channel.closeFuture.get()
  }

  /// The next frame of `type`, dropping what comes before; nil where the connection is closed first.
  func next(_ type: UInt8, on streamID: UInt32? = nil) async -> Frame? {
    for await frame in frames where frame.type == type && (streamID == nil || frame.streamID == streamID) {
      return frame
    }
    return nil
  }

  static func frame(
    _ type: UInt8, flags: UInt8 = 0, on streamID: UInt32 = 0, payload: ByteBuffer = ByteBuffer()
  ) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.writeInteger(UInt8(payload.readableBytes >> 16 & 255))
    buffer.writeInteger(UInt16(payload.readableBytes & 0xffff))
    buffer.writeInteger(type)
    buffer.writeInteger(flags)
    buffer.writeInteger(streamID)
    buffer.writeImmutableBuffer(payload)
    return buffer
  }

  /// HEADERS of a gRPC request; literals without indexing, so that no table is needed.
  static func request(
    on streamID: UInt32, path: String, extra: [(String, String)] = [], endStream: Bool = false
  ) -> ByteBuffer {
    let fields =
      [
        (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "test"),
        ("content-type", "application/grpc"), ("te", "trailers"),
      ] + extra
    return frame(Frame.headers, flags: endStream ? 0x5 : 0x4, on: streamID, payload: block(fields))
  }

  /// DATA with one message.
  static func message(_ text: String, on streamID: UInt32, endStream: Bool = true) -> ByteBuffer {
    var payload = ByteBuffer(bytes: [0])
    payload.writeInteger(UInt32(text.utf8.count))
    payload.writeString(text)
    return frame(Frame.data, flags: endStream ? 1 : 0, on: streamID, payload: payload)
  }

  static func block(_ fields: [(String, String)]) -> ByteBuffer {
    var block = ByteBuffer()
    for (name, value) in fields {
      block.writeInteger(UInt8(0))
      writeLiteral(name, to: &block)
      writeLiteral(value, to: &block)
    }
    return block
  }

  private static func writeLiteral(_ text: String, to block: inout ByteBuffer) {
    var length = text.utf8.count
    if length < 127 {
      block.writeInteger(UInt8(length))
    } else {
      block.writeInteger(UInt8(127))
      length -= 127
      while length >= 128 {
        block.writeInteger(UInt8(length & 127 | 128))
        length >>= 7
      }
      block.writeInteger(UInt8(length))
    }
    block.writeString(text)
  }
}

private struct FrameDecoder: ByteToMessageDecoder {
  typealias InboundOut = RawPeer.Frame

  mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) -> DecodingState {
    guard let head = buffer.getBytes(at: buffer.readerIndex, length: 9) else { return .needMoreData }
    let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
    guard buffer.readableBytes >= 9 + length else { return .needMoreData }
    buffer.moveReaderIndex(forwardBy: 9)
    let streamID = head[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
    let payload = buffer.readSlice(length: length) ?? ByteBuffer()
    context.fireChannelRead(
      wrapInboundOut(RawPeer.Frame(type: head[3], flags: head[4], streamID: streamID, payload: payload)))
    return .continue
  }
}

private final class FrameReceiver: ChannelInboundHandler {
  typealias InboundIn = RawPeer.Frame

  private let frames: AsyncStream<RawPeer.Frame>.Continuation

  init(_ frames: AsyncStream<RawPeer.Frame>.Continuation) {
    self.frames = frames
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    frames.yield(unwrapInboundIn(data))
  }

  func channelInactive(context: ChannelHandlerContext) {
    frames.finish()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

extension ByteBuffer {
  static func + (first: ByteBuffer, second: ByteBuffer) -> ByteBuffer {
    var bytes = first
    bytes.writeImmutableBuffer(second)
    return bytes
  }
}
