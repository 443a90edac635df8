import NIOCore
import NIOHPACK
import NIOHTTP2

/// What one HTTP/2 connection tells the calls on it. All on the connection's event loop.
protocol HTTP2Connection: AnyObject {
  /// The connection is established; frames may be written.
  func opened()
  func received(headers: HPACKHeaders, on streamID: Int, endStream: Bool)
  func received(data: ByteBuffer, on streamID: Int, endStream: Bool)
  /// DATA on an open stream used up inbound window; `bytes` are left of it.
  func inboundWindow(of streamID: Int, is bytes: Int)
  /// RST_STREAM came in. ``closed(streamID:reason:)`` follows where the stream was open.
  func receivedReset(of streamID: Int)
  /// The stream is closed, by both ends or by a reset.
  func closed(streamID: Int, reason: HTTP2ResetCode?)
  /// `maxConcurrentStreams` is nil where the peer's SETTINGS do not name it.
  func receivedSettings(maxConcurrentStreams: Int?)
  func receivedGoAway(lastStreamID: Int, reason: HTTP2ResetCode)
  func receivedPingAcknowledgement(_ data: UInt64)
  /// `bytes` of DATA passed flow control and went out.
  func wroteData(_ bytes: Int, on streamID: Int)
  /// An end of what arrived together: the moment to flush.
  func readCompleted()
  /// For logs: what went wrong with the connection or one of its streams. A connection error closes it.
  func failed(_ error: any Error)
  /// The channel is closed, whether ``opened()`` was called or not.
  func closed()
}

/// An HTTP/2 error code.
struct HTTP2ResetCode: Equatable, Sendable {
  let rawValue: Int

  static let noError = HTTP2ResetCode(rawValue: 0x0)
  static let protocolError = HTTP2ResetCode(rawValue: 0x1)
  static let refusedStream = HTTP2ResetCode(rawValue: 0x7)
  static let cancel = HTTP2ResetCode(rawValue: 0x8)
  static let enhanceYourCalm = HTTP2ResetCode(rawValue: 0xb)
}

/// The HTTP/2 protocol as calls need it: the only place that knows swift-nio-http2's frames.
///
/// Sits behind `NIOHTTP2Handler`, which does framing, HPACK, outbound flow control and the state of
/// connection and streams. Left to us, and done here: opening the inbound window of the connection again (bytes
/// count as consumed at once, because ``InboundBudget`` bounds what streams may send), and closing the connection
/// after the library has written a GOAWAY with an error, which it does not do itself.
final class HTTP2Engine<Connection: HTTP2Connection>: ChannelInboundHandler, NIOHTTP2FrameDelegate {
  typealias InboundIn = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  /// How many bytes may be on their way to us; what is buffered is bounded by the windows of the streams.
  private static var connectionWindow: Int { 1024 * 1024 }

  let connection: Connection
  private let channel: any Channel
  private let coalescer: WriteCoalescer
  private var context: ChannelHandlerContext?
  private let stopsReadingWhileUnwritable: Bool
  private var isClosing = false

  /// `stopsReadingWhileUnwritable` is for servers: a peer that sends calls but reads no answers is not read either,
  /// since answers without DATA know no flow control. Two peers that both did this could wait for each other.
  init(
    _ connection: Connection, channel: any Channel, coalescer: WriteCoalescer, stopsReadingWhileUnwritable: Bool
  ) {
    self.connection = connection
    self.channel = channel
    self.coalescer = coalescer
    self.stopsReadingWhileUnwritable = stopsReadingWhileUnwritable
  }

  // MARK: Frames out

  func send(headers: HPACKHeaders, on streamID: Int, endStream: Bool) {
    write(streamID, .headers(.init(headers: headers, endStream: endStream)))
  }

  func send(data: ByteBuffer, on streamID: Int, endStream: Bool) {
    write(streamID, .data(.init(data: .byteBuffer(data), endStream: endStream)))
  }

  func reset(_ streamID: Int, _ code: HTTP2ResetCode) {
    write(streamID, .rstStream(HTTP2ErrorCode(networkCode: code.rawValue)))
  }

  func openWindow(of streamID: Int, by bytes: Int) {
    write(streamID, .windowUpdate(windowSizeIncrement: bytes))
  }

  func ping(_ data: UInt64) {
    write(0, .ping(HTTP2PingData(withInteger: data), ack: false))
  }

  func goAway(lastStreamID: Int, _ code: HTTP2ResetCode) {
    let frame = HTTP2Frame.FramePayload.goAway(
      lastStreamID: HTTP2StreamID(lastStreamID), errorCode: HTTP2ErrorCode(networkCode: code.rawValue),
      opaqueData: nil)
    write(0, frame)
  }

  /// GOAWAY with the highest stream id: no new streams, please, but those that cross this are still taken.
  ///
  /// Past the library, which takes no stream any more once it has written a GOAWAY while none was open, whatever id
  /// that named: a call that crossed it would be an error of the connection.
  func announceEnd() {
    guard context != nil else { return }
    // Length 8, type 7, no flags, stream 0; the last stream's id, NO_ERROR (RFC 9113, 4.1 and 6.8).
    coalescer.append([0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0])
  }

  func flush() {
    context?.flush()
  }

  /// Closes at the end of this turn of the event loop, so that what was written before goes out.
  func close() {
    guard !isClosing else { return }
    isClosing = true
    channel.eventLoop.execute { [channel] in channel.close(promise: nil) }
  }

  private func write(_ streamID: Int, _ payload: HTTP2Frame.FramePayload) {
    guard let context else { return }
    let frame = HTTP2Frame(streamID: HTTP2StreamID(streamID), payload: payload)
    context.write(wrapOutboundOut(frame), promise: nil)
  }

  func wroteFrame(_ frame: HTTP2Frame) {
    switch frame.payload {
    case .data(let data):
      coalescer.sentData()
      connection.wroteData(data.data.readableBytes, on: Int(frame.streamID))
    case .goAway(_, let code, _) where code != .noError:
      close()
    default:
      break
    }
  }

  // MARK: Frames in

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { activate() }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    activate()
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    switch frame.payload {
    case .data(let data):
      guard case .byteBuffer(let bytes) = data.data else { return }
      connection.received(data: bytes, on: Int(frame.streamID), endStream: data.endStream)
    case .headers(let headers):
      connection.received(headers: headers.headers, on: Int(frame.streamID), endStream: headers.endStream)
    case .rstStream:
      connection.receivedReset(of: Int(frame.streamID))
    case .settings(.settings(let settings)):
      let limit = settings.last { $0.parameter == .maxConcurrentStreams }
      connection.receivedSettings(maxConcurrentStreams: limit?.value)
    case .goAway(let lastStreamID, let code, _):
      connection.receivedGoAway(lastStreamID: Int(lastStreamID), reason: code.resetCode)
    case .ping(let data, ack: true):
      connection.receivedPingAcknowledgement(data.integer)
    default:
      break
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    connection.readCompleted()
    context.flush()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if stopsReadingWhileUnwritable {
      try? context.channel.syncOptions?.setOption(.autoRead, value: context.channel.isWritable)
    }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let event as NIOHTTP2WindowUpdatedEvent:
      guard let window = event.inboundWindowSize else { return }
      if event.streamID != .rootStream {
        connection.inboundWindow(of: Int(event.streamID), is: window)
      } else if window < Self.connectionWindow / 2 {
        write(0, .windowUpdate(windowSizeIncrement: Self.connectionWindow - window))
      }
    case let event as StreamClosedEvent:
      connection.closed(streamID: Int(event.streamID), reason: event.reason?.resetCode)
    default:
      break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    connection.failed(error)
    // Errors of one stream have been answered by RST_STREAM; the library answers those of the connection by GOAWAY,
    // after which `wroteFrame` closes. Whatever else arrives here (socket, TLS) is the end of the connection.
    if !(error is any NIOHTTP2Error) { context.close(promise: nil) }
  }

  private func activate() {
    connection.opened()
    // SETTINGS cannot raise the connection's window, which starts at 65,535 bytes.
    write(0, .windowUpdate(windowSizeIncrement: Self.connectionWindow - 65_535))
    flush()
  }
}

extension HTTP2ErrorCode {
  fileprivate var resetCode: HTTP2ResetCode { HTTP2ResetCode(rawValue: networkCode) }
}

extension HTTP2PingData {
  fileprivate var integer: UInt64 {
    var value: UInt64 = 0
    for byte in self { value = value << 8 | UInt64(byte) }
    return value
  }
}
