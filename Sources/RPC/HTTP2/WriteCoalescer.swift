import NIOCore

/// Joins what the HTTP/2 handler writes in one turn of the event loop into one write and one flush.
///
/// A unary answer is five small writes (frame headers, HPACK blocks, the message), each of which would otherwise
/// be an element of the channel's write queue, and with TLS a record of its own. Also counts the frames that come
/// in, see ``FrameFloodGuard``, because it sees them before they are decoded.
final class WriteCoalescer: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = IOData
  typealias OutboundOut = ByteBuffer

  /// Beyond this the bytes go on to the channel, whose water marks then hold the HTTP/2 handler back.
  private static let highWaterMark = 64 * 1024

  private var pending = ByteBuffer()
  private var isReading = false
  private var mustFlush = false
  private(set) var floodGuard: FrameFloodGuard
  private var isClosedForFlood = false
  private let onFlood: (ChannelHandlerContext) -> Void

  init(floodGuard: FrameFloodGuard, onFlood: @escaping (ChannelHandlerContext) -> Void) {
    self.floodGuard = floodGuard
    self.onFlood = onFlood
  }

  func sentData() {
    floodGuard.sentData()
  }

  /// Puts a whole frame behind those that the HTTP/2 handler has written; the next flush sends it.
  func append(_ frame: [UInt8]) {
    pending.writeBytes(frame)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isClosedForFlood { return }
    isReading = true
    guard floodGuard.permits(unwrapInboundIn(data), now: .now()) else {
      isClosedForFlood = true
      onFlood(context)
      return
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    isReading = false
    if mustFlush { writeAndFlush(context) }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .byteBuffer(var bytes) = unwrapOutboundIn(data) else {
      promise?.fail(ChannelError.operationUnsupported)
      return
    }
    if pending.readableBytes == 0, bytes.readableBytes >= Self.highWaterMark {
      context.write(wrapOutboundOut(bytes), promise: promise)
      return
    }
    pending.writeBuffer(&bytes)
    if promise != nil || pending.readableBytes >= Self.highWaterMark {
      writePending(context, promise: promise)
    }
  }

  func flush(context: ChannelHandlerContext) {
    if isReading {
      mustFlush = true
    } else {
      writeAndFlush(context)
    }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    if mode != .input { writeAndFlush(context) }
    context.close(mode: mode, promise: promise)
  }

  private func writeAndFlush(_ context: ChannelHandlerContext) {
    mustFlush = false
    writePending(context, promise: nil)
    context.flush()
  }

  private func writePending(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
    guard pending.readableBytes > 0 else { return }
    let bytes = pending
    pending = ByteBuffer()
    context.write(wrapOutboundOut(bytes), promise: promise)
  }
}
