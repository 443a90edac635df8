import NIOCore

/// Cuts the DATA of one stream into messages.
///
/// Holds at most one incomplete message, which grows with what has really arrived: a length that is merely
/// announced reserves no memory.
struct MessageReader {
  enum Failure: Error, Equatable {
    /// The message's length is more than the limit; thrown as soon as its prefix is there.
    case tooLong(UInt32)
    /// The compressed flag is set, but no compression was agreed on.
    case compressed
    /// The flag is neither 0 nor 1.
    case invalidFlag(UInt8)
  }

  private var buffered = ByteBuffer()
  let limit: Int

  /// `limit` is the longest message in bytes, without its prefix.
  init(limit: Int) {
    self.limit = limit
  }

  /// Bytes that are not a whole message yet.
  var bufferedBytes: Int { buffered.readableBytes }

  /// How long the message at hand is with its prefix, once that is known.
  private(set) var expectedBytes: Int?

  mutating func append(_ data: ByteBuffer) {
    if buffered.readableBytes == 0 {
      buffered = data
    } else {
      var data = data
      buffered.writeBuffer(&data)
    }
  }

  /// The next whole message without its prefix, or nil. Throws ``Failure``.
  mutating func next() throws(Failure) -> ByteBuffer? {
    guard
      let flag = buffered.getInteger(at: buffered.readerIndex, as: UInt8.self),
      let length = buffered.getInteger(at: buffered.readerIndex + 1, as: UInt32.self)
    else { return nil }
    guard flag == 0 else { throw flag == 1 ? .compressed : .invalidFlag(flag) }
    guard length <= limit else { throw .tooLong(length) }
    let end = MessageFraming.prefixLength + Int(length)
    guard buffered.readableBytes >= end else {
      expectedBytes = end
      return nil
    }
    expectedBytes = nil
    buffered.moveReaderIndex(forwardBy: MessageFraming.prefixLength)
    let message = buffered.readSlice(length: Int(length))
    if buffered.readableBytes == 0 { buffered = ByteBuffer() }
    return message
  }
}
