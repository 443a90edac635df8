import NIOCore

/// Cuts the bytes of a connection into frames, and sees to it that they begin as HTTP/2 does.
///
/// A frame is handled as a whole; less than one is held between reads.
struct FrameReader {
  /// What a client sends first (RFC 9113, 3.4).
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  private var buffer = ByteBuffer()
  private var expectsPreface: Bool
  private var expectsSettings = true

  /// `expectsPreface`: of a server.
  init(expectsPreface: Bool) {
    self.expectsPreface = expectsPreface
  }

  mutating func append(_ bytes: ByteBuffer) {
    if buffer.readableBytes == 0 {
      buffer = bytes
    } else {
      buffer.discardReadBytes()
      buffer.writeImmutableBuffer(bytes)
    }
  }

  /// The next frame, once it is whole.
  mutating func next() throws(HTTP2ConnectionError) -> Frame? {
    if expectsPreface {
      guard try takePreface() else { return nil }
    }
    guard let header = buffer.frameHeader else { return nil }
    if expectsSettings {
      guard header.type == FrameType.settings, !header.has(FrameFlag.acknowledgement) else {
        throw HTTP2ConnectionError(.protocolError, "the peer does not speak HTTP/2: it began without SETTINGS")
      }
    }
    guard header.length <= HTTP2Settings.smallestMaxFrameSize else {
      throw HTTP2ConnectionError(.frameSizeError, "a frame of \(header.length) bytes")
    }
    guard buffer.readableBytes >= FrameHeader.size + header.length else { return nil }
    expectsSettings = false
    buffer.moveReaderIndex(forwardBy: FrameHeader.size)
    guard let payload = buffer.readSlice(length: header.length) else { return nil }
    return Frame(header: header, payload: payload)
  }

  /// False where the rest of it is still to come.
  private mutating func takePreface() throws(HTTP2ConnectionError) -> Bool {
    let length = min(buffer.readableBytes, Self.preface.count)
    guard buffer.readableBytesView.prefix(length).elementsEqual(Self.preface.prefix(length)) else {
      throw HTTP2ConnectionError(.protocolError, "the peer does not speak HTTP/2: it began without the preface")
    }
    guard length == Self.preface.count else { return false }
    buffer.moveReaderIndex(forwardBy: length)
    expectsPreface = false
    return true
  }
}

extension ByteBuffer {
  /// The header of the frame that begins at the reader's index; nil where it is not there as a whole.
  fileprivate var frameHeader: FrameHeader? {
    guard let first = getInteger(at: readerIndex, as: UInt64.self),
      let last = getInteger(at: readerIndex + 8, as: UInt8.self)
    else { return nil }
    return FrameHeader(
      length: Int(first >> 40), type: UInt8(truncatingIfNeeded: first >> 32),
      flags: UInt8(truncatingIfNeeded: first >> 24), streamID: Int((first & 0x7f_ffff) << 8 | UInt64(last)))
  }

  /// Removes padding and its length (RFC 9113, 6.1) from a payload.
  mutating func removePadding(of header: FrameHeader) throws(HTTP2ConnectionError) {
    guard header.has(FrameFlag.padded) else { return }
    guard let length = readInteger(as: UInt8.self), length <= readableBytes else {
      throw HTTP2ConnectionError(.protocolError, "padding that is longer than its frame")
    }
    moveWriterIndex(to: writerIndex - Int(length))
  }
}
