import NIOCore
import NIOHPACK

/// What an ``HTTP2Engine`` tells the calls on its connection. All on the connection's event loop.
package protocol HTTP2Connection: AnyObject {
  /// The connection is established; frames may be written.
  func opened()
  /// Something came, whatever it is.
  func heardFromPeer()
  func received(headers: HPACKHeaders, on streamID: Int, endStream: Bool)
  func received(data: ByteBuffer, on streamID: Int, endStream: Bool)
  /// DATA on a stream that has not ended used up inbound window; `bytes` are left of it.
  func inboundWindow(of streamID: Int, is bytes: Int)
  /// RST_STREAM came in for an open stream. ``closed(streamID:reason:)`` follows.
  func receivedReset(of streamID: Int)
  /// The stream is closed: by both ends (`reason` is nil), or by a reset of either.
  func closed(streamID: Int, reason: HTTP2ErrorCode?)
  /// `maxConcurrentStreams` is nil where the peer's SETTINGS have not named it.
  func receivedSettings(maxConcurrentStreams: Int?)
  func receivedGoAway(lastStreamID: Int, reason: HTTP2ErrorCode)
  func receivedPingAcknowledgement(_ data: UInt64)
  /// `bytes` of DATA passed flow control and went out.
  func wroteData(_ bytes: Int, on streamID: Int)
  /// For logs: what is wrong with the connection, which closes.
  func failed(_ error: any Error)
  /// The channel is closed, whether ``opened()`` was called or not.
  func closed()
}
