import NIOCore
import NIOHPACK

/// The HTTP/2 protocol (RFC 9113) as gRPC needs it, for one connection of either side: frames, streams, flow control
/// and the limits of what a peer may do. HPACK is swift-nio-http2's.
///
/// Ours, because it runs for every call: with the library's handler in its place a call took twice the CPU, most of it
/// for copies of its state machines.
///
/// A connection error (``HTTP2ConnectionError``) is answered by GOAWAY and ends the connection, an error of one stream
/// by RST_STREAM; these are bounded, because a peer that provokes our resets floods us as one that sends its own
/// (CVE-2025-8671). Inbound bytes of a connection count as consumed at once, because ``InboundBudget`` bounds what
/// streams may send.
package final class HTTP2Engine: ChannelInboundHandler {
  package typealias InboundIn = ByteBuffer
  package typealias OutboundOut = ByteBuffer

  package enum Side {
    case client
    /// Takes this many streams at a time; a peer that knows it and opens more makes an error with each.
    case server(maxConcurrentStreams: Int)

    var isServer: Bool {
      if case .server = self { true } else { false }
    }
  }

  /// How many bytes may be on their way to us; what is buffered is bounded by the windows of the streams.
  static let connectionWindow = 1024 * 1024
  /// Beyond this, DATA waits until the channel has taken what was written.
  static let outboundHighWaterMark = 64 * 1024
  /// Closed by our reset, so that frames of theirs may still cross it; older ones count as an error.
  static let rememberedResets = 1000
  /// Of the header fields of one block, in bytes as RFC 9113 (6.5.2) counts them.
  package static let maximumHeaderListSize = 16 * 1024

  let connection: any HTTP2Connection
  let side: Side
  private let channel: any Channel
  var context: ChannelHandlerContext?
  private(set) var isClosing = false

  // Inbound.
  var reader: FrameReader
  var decoder: HPACKDecoder
  var floodGuard: FrameFloodGuard
  /// Streams that the peer made us reset.
  var streamErrors: TokenBucket
  var headerBlock: HeaderBlock?
  var inboundWindow = connectionWindow
  /// The highest one that is taken, after a GOAWAY of ours.
  var lastAcceptedStreamID = Int.max
  var isSettingsAcknowledged = false
  /// What is written meanwhile goes out when all that came together has been read.
  package private(set) var isReading = false

  // Both.
  var streams: [Int: HTTP2Stream] = [:]
  /// The highest that was opened, which only clients do.
  var lastStreamID = 0
  var recentlyReset = RecentStreams(limit: rememberedResets)

  // Outbound.
  var encoder: HPACKEncoder
  var peerSettings = HTTP2Settings()
  var outboundWindow = HTTP2Settings.defaultWindow
  /// Written, and not handed to the channel yet.
  var pending = ByteBuffer()
  /// Streams with queued DATA and a window, in the order in which they go on.
  var line = CircularBuffer<HTTP2Stream>(initialCapacity: 4)

  package init(_ connection: any HTTP2Connection, side: Side, channel: any Channel) {
    self.connection = connection
    self.side = side
    self.channel = channel
    let now = NIODeadline.now()
    reader = FrameReader(expectsPreface: side.isServer)
    decoder = HPACKDecoder(
      allocator: channel.allocator, maxDynamicTableSize: HPACKDecoder.maxDynamicTableSize,
      maxHeaderListSize: Self.maximumHeaderListSize)
    // Not Huffman: a third fewer bytes of ids would cost both ends more than the bytes do.
    encoder = HPACKEncoder(allocator: channel.allocator, useHuffmanEncoding: false)
    floodGuard = FrameFloodGuard(now: now)
    streamErrors = TokenBucket(capacity: 200, perSecond: 20, now: now)
  }

  /// Closes at the end of this turn of the event loop, so that what was written before goes out.
  package func close() {
    guard !isClosing else { return }
    isClosing = true
    channel.eventLoop.assumeIsolated().execute {
      self.flush()
      self.channel.close(promise: nil)
    }
  }

  /// Ends the connection for what the peer did.
  package func fail(_ error: HTTP2ConnectionError) {
    guard !isClosing else { return }
    connection.failed(error)
    goAway(error.code)
    flush()
  }
}

// MARK: The channel

extension HTTP2Engine {
  package func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { activate() }
  }

  package func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  package func channelActive(context: ChannelHandlerContext) {
    activate()
    context.fireChannelActive()
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing else { return }
    isReading = true
    connection.heardFromPeer()
    reader.append(unwrapInboundIn(data))
    do {
      while !isClosing, let frame = try reader.next() { try received(frame) }
    } catch {
      fail(error)
    }
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    flush()
  }

  /// A peer that sends calls but reads no answers is not read either, since answers without DATA know no flow control.
  /// Of servers only: two peers that both did this could wait for each other.
  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    if side.isServer {
      try? context.channel.syncOptions?.setOption(.autoRead, value: context.channel.isWritable)
    }
    if context.channel.isWritable { flush() }
    context.fireChannelWritabilityChanged()
  }

  /// Whatever arrives here (socket, TLS) is the end of the connection.
  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    connection.failed(error)
    context.close(promise: nil)
  }

  private func activate() {
    var settings: [(HTTP2Settings.Parameter, UInt32)] = [
      (.initialWindowSize, UInt32(clamping: InboundBudget.initialWindow)),
      (.maxHeaderListSize, UInt32(clamping: Self.maximumHeaderListSize)),
    ]
    switch side {
    case .client:
      pending.writeBytes(FrameReader.preface)
      settings += [(.maxConcurrentStreams, 0), (.enablePush, 0)]
    case .server(let maxConcurrentStreams):
      settings.append((.maxConcurrentStreams, UInt32(clamping: maxConcurrentStreams)))
    }
    pending.writeSettings(settings)
    connection.opened()
    // SETTINGS cannot raise the connection's window.
    pending.writeWindowUpdate(Self.connectionWindow - HTTP2Settings.defaultWindow, on: 0)
    flush()
  }
}

/// The streams that were reset last.
struct RecentStreams {
  private let limit: Int
  private var ids: Set<Int> = []
  private var order = CircularBuffer<Int>()

  init(limit: Int) {
    self.limit = limit
  }

  func contains(_ id: Int) -> Bool { !ids.isEmpty && ids.contains(id) }

  mutating func insert(_ id: Int) {
    guard ids.insert(id).inserted else { return }
    order.append(id)
    if order.count > limit { ids.remove(order.removeFirst()) }
  }
}
