import NIOCore
import NIOHPACK

/// One open stream of a connection, for ``HTTP2Engine``.
final class HTTP2Stream {
  let id: Int
  /// How much DATA the peer takes; negative where it has made the window smaller meanwhile.
  var outboundWindow: Int
  /// How much DATA the peer may still send.
  var inboundWindow = InboundBudget.initialWindow
  /// The peer has ended its side.
  var isRemoteEnded = false
  /// We have ended ours, though its end may be queued.
  var isLocalEnded = false

  /// DATA that waits for a window, or for the peer to read.
  private(set) var queued = ByteBuffer()
  /// What follows the queued DATA. Without it the last DATA ends the stream, where ``isLocalEnded``.
  var trailers: HPACKHeaders?
  /// Stands in the engine's line of streams that can go on.
  var isInLine = false

  init(id: Int, outboundWindow: Int) {
    self.id = id
    self.outboundWindow = outboundWindow
  }

  /// Nothing is queued any more.
  var isFlushed: Bool { queued.readableBytes == 0 }

  func enqueue(_ data: ByteBuffer) {
    if queued.readableBytes == 0 { return queued = data }
    if queued.readerIndex > queued.readableBytes { queued.discardReadBytes() }
    queued.writeImmutableBuffer(data)
  }

  /// Takes the next piece of what is queued, `limit` bytes at the most.
  func dequeue(_ limit: Int) -> ByteBuffer {
    let piece = queued.readSlice(length: min(limit, queued.readableBytes)) ?? ByteBuffer()
    if queued.readableBytes == 0 { queued = ByteBuffer() }
    return piece
  }
}
