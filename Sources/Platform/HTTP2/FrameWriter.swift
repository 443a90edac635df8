import NIOCore
import NIOHPACK

/// Frames as they go out. Lengths, ids and codes are ours, and in their ranges.
extension ByteBuffer {
  mutating func writeFrameHeader(length: Int, _ type: UInt8, flags: UInt8 = 0, on streamID: Int) {
    let length = UInt64(truncatingIfNeeded: length) << 40
    let rest = UInt64(type) << 32 | UInt64(flags) << 24 | UInt64(truncatingIfNeeded: streamID) >> 8
    writeMultipleIntegers(length | rest, UInt8(truncatingIfNeeded: streamID))
  }

  /// HEADERS, and CONTINUATION where one frame of `maximumLength` does not suffice.
  mutating func writeHeaders(
    _ headers: HPACKHeaders, on streamID: Int, endStream: Bool, maximumLength: Int, _ encoder: inout HPACKEncoder
  ) throws {
    let start = writerIndex
    let endStream = endStream ? FrameFlag.endStream : 0
    writeFrameHeader(length: 0, FrameType.headers, flags: FrameFlag.endHeaders | endStream, on: streamID)
    try encoder.encode(headers: headers, to: &self)
    let length = writerIndex - start - FrameHeader.size
    guard length > maximumLength else {
      setInteger(UInt8(truncatingIfNeeded: length >> 16), at: start)
      setInteger(UInt16(truncatingIfNeeded: length), at: start + 1)
      return
    }
    guard var block = getSlice(at: start + FrameHeader.size, length: length) else { return }
    moveWriterIndex(to: start)
    var type = FrameType.headers
    while block.readableBytes > 0, let fragment = block.readSlice(length: min(block.readableBytes, maximumLength)) {
      let endHeaders = block.readableBytes == 0 ? FrameFlag.endHeaders : 0
      let flags = type == FrameType.headers ? endStream | endHeaders : endHeaders
      writeFrameHeader(length: fragment.readableBytes, type, flags: flags, on: streamID)
      writeImmutableBuffer(fragment)
      type = FrameType.continuation
    }
  }

  mutating func writeData(_ data: ByteBuffer, on streamID: Int, endStream: Bool) {
    let flags = endStream ? FrameFlag.endStream : 0
    writeFrameHeader(length: data.readableBytes, FrameType.data, flags: flags, on: streamID)
    writeImmutableBuffer(data)
  }

  mutating func writeReset(_ code: HTTP2ErrorCode, on streamID: Int) {
    writeFrameHeader(length: 4, FrameType.reset, on: streamID)
    writeInteger(UInt32(truncatingIfNeeded: code.rawValue))
  }

  mutating func writeSettings(_ settings: [(HTTP2Settings.Parameter, UInt32)]) {
    writeFrameHeader(length: settings.count * 6, FrameType.settings, on: 0)
    for (parameter, value) in settings { writeMultipleIntegers(parameter.rawValue, value) }
  }

  mutating func writeSettingsAcknowledgement() {
    writeFrameHeader(length: 0, FrameType.settings, flags: FrameFlag.acknowledgement, on: 0)
  }

  mutating func writePing(_ data: UInt64, isAcknowledgement: Bool) {
    writeFrameHeader(
      length: 8, FrameType.ping, flags: isAcknowledgement ? FrameFlag.acknowledgement : 0, on: 0)
    writeInteger(data)
  }

  mutating func writeGoAway(lastStreamID: Int, _ code: HTTP2ErrorCode) {
    writeFrameHeader(length: 8, FrameType.goAway, on: 0)
    writeMultipleIntegers(UInt32(truncatingIfNeeded: lastStreamID), UInt32(truncatingIfNeeded: code.rawValue))
  }

  mutating func writeWindowUpdate(_ increment: Int, on streamID: Int) {
    writeFrameHeader(length: 4, FrameType.windowUpdate, on: streamID)
    writeInteger(UInt32(truncatingIfNeeded: increment))
  }
}
