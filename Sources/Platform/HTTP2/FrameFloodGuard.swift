import NIOCore

/// Bounds how many frames a peer may send that carry no call forward.
///
/// SETTINGS, PING, PRIORITY, WINDOW_UPDATE, CONTINUATION, empty DATA and unknown frames cost a token each; HEADERS
/// and DATA with content earn one, because honest peers acknowledge what they receive (two WINDOW_UPDATEs for a
/// response, a PING for a bandwidth estimate).
/// RST_STREAM is free here: ``ResetGuard`` tells an honest deadline from an attack, by the age of its stream.
struct FrameFloodGuard {
  private var bucket: TokenBucket

  init(capacity: Int = 2000, perSecond: Int = 1000, now: NIODeadline) {
    self.bucket = TokenBucket(capacity: capacity, perSecond: perSecond, now: now)
  }

  /// False once the peer floods.
  mutating func permits(_ frame: FrameHeader, now: @autoclosure () -> NIODeadline) -> Bool {
    switch frame.type {
    case FrameType.data where frame.length > 0, FrameType.headers: bucket.earn(1)
    case FrameType.data where frame.has(FrameFlag.endStream): break
    case FrameType.reset: break
    default: return bucket.take(now: now())
    }
    return true
  }

  /// The same for a frame that is free, but of no use.
  mutating func permitsOneMore(now: NIODeadline) -> Bool {
    bucket.take(now: now)
  }

  /// A peer acknowledges what is sent to it: two WINDOW_UPDATEs for a DATA frame.
  mutating func sentData() {
    bucket.earn(2)
  }
}
