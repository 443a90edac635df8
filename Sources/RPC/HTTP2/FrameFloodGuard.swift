import NIOCore

/// Bounds how many frames a peer may send that carry no call forward.
///
/// Reads only the 9-byte frame headers of the byte stream, before anything is decoded, so it also sees what the
/// HTTP/2 library drops silently: frames of unknown types, and WINDOW_UPDATE or RST_STREAM on closed streams.
/// SETTINGS, PING, PRIORITY, WINDOW_UPDATE, CONTINUATION, empty DATA and unknown frames cost a token each; HEADERS
/// and DATA with content earn one, because honest peers acknowledge what they receive (two WINDOW_UPDATEs for a
/// response, a PING for a bandwidth estimate).
/// RST_STREAM is free here: ``ResetGuard`` tells an honest deadline from an attack, by the age of its stream.
struct FrameFloodGuard {
  private static let headerLength = 9
  private static let clientPrefaceLength = 24

  private var bucket: TokenBucket
  /// Bytes of the current frame (or of the connection preface) that are still to come.
  private var bytesToSkip: Int
  /// A frame header that arrived in part.
  private var partial: [UInt8] = []

  init(expectsPreface: Bool, capacity: Int = 2000, perSecond: Int = 1000, now: NIODeadline) {
    self.bucket = TokenBucket(capacity: capacity, perSecond: perSecond, now: now)
    self.bytesToSkip = expectsPreface ? Self.clientPrefaceLength : 0
    self.partial.reserveCapacity(Self.headerLength)
  }

  /// False once the peer floods.
  mutating func permits(_ bytes: ByteBuffer, now: NIODeadline) -> Bool {
    var cost = 0
    var earned = 0
    bytes.withUnsafeReadableBytes { bytes in
      var index = 0
      while index < bytes.count {
        if bytesToSkip > 0 {
          let skipped = min(bytesToSkip, bytes.count - index)
          bytesToSkip -= skipped
          index += skipped
          continue
        }
        if partial.isEmpty, bytes.count - index >= Self.headerLength {
          count(UnsafeRawBufferPointer(rebasing: bytes[index..<index + Self.headerLength]), &cost, &earned)
          index += Self.headerLength
          continue
        }
        partial.append(bytes[index])
        index += 1
        if partial.count == Self.headerLength {
          partial.withUnsafeBytes { count($0, &cost, &earned) }
          partial.removeAll(keepingCapacity: true)
        }
      }
    }
    if earned > 0 { bucket.earn(earned) }
    return cost == 0 || bucket.take(cost, now: now)
  }

  /// A peer acknowledges what is sent to it: two WINDOW_UPDATEs for a DATA frame.
  mutating func sentData() {
    bucket.earn(2)
  }

  private mutating func count(_ header: UnsafeRawBufferPointer, _ cost: inout Int, _ earned: inout Int) {
    let length = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
    bytesToSkip = length
    switch header[3] {
    case 0x0 where length > 0, 0x1: earned += 1
    case 0x0 where header[4] & 0x1 == 0x1: break  // empty DATA that ends its stream
    case 0x3: break
    default: cost += 1
    }
  }
}
