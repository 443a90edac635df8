import NIOCore

/// What a peer's SETTINGS ask of us (RFC 9113, 6.5.2).
struct HTTP2Settings {
  enum Parameter: UInt16 {
    case headerTableSize = 1
    case enablePush = 2
    case maxConcurrentStreams = 3
    case initialWindowSize = 4
    case maxFrameSize = 5
    case maxHeaderListSize = 6
  }

  /// Of flow control, the highest that there is.
  static let largestWindow = 0x7fff_ffff
  static let defaultWindow = 65_535
  /// SETTINGS_MAX_FRAME_SIZE where nothing is said: a frame of this length is taken by every peer, and by us.
  static let smallestMaxFrameSize = 16_384

  /// Bytes of the dynamic table that we may make the peer keep.
  private(set) var headerTableSize = 4096
  private(set) var initialWindow = Self.defaultWindow
  private(set) var maxFrameSize = Self.smallestMaxFrameSize
  /// nil where the peer has not said.
  private(set) var maxConcurrentStreams: Int?

  /// Reads one frame's payload. Settings that we do not know are ignored.
  mutating func apply(_ payload: ByteBuffer) throws(HTTP2ConnectionError) {
    guard payload.readableBytes.isMultiple(of: 6) else {
      throw HTTP2ConnectionError(.frameSizeError, "SETTINGS of \(payload.readableBytes) bytes")
    }
    var payload = payload
    while let (name, value) = payload.readMultipleIntegers(as: (UInt16, UInt32).self) {
      guard let parameter = Parameter(rawValue: name) else { continue }
      try set(parameter, Int(value))
    }
  }

  private mutating func set(_ parameter: Parameter, _ value: Int) throws(HTTP2ConnectionError) {
    switch parameter {
    case .headerTableSize: headerTableSize = value
    case .enablePush:
      guard value <= 1 else { throw HTTP2ConnectionError(.protocolError, "SETTINGS_ENABLE_PUSH of \(value)") }
    case .maxConcurrentStreams: maxConcurrentStreams = value
    case .initialWindowSize:
      guard value <= Self.largestWindow else {
        throw HTTP2ConnectionError(.flowControlError, "SETTINGS_INITIAL_WINDOW_SIZE of \(value)")
      }
      initialWindow = value
    case .maxFrameSize:
      guard (Self.smallestMaxFrameSize...16_777_215).contains(value) else {
        throw HTTP2ConnectionError(.protocolError, "SETTINGS_MAX_FRAME_SIZE of \(value)")
      }
      maxFrameSize = value
    case .maxHeaderListSize: break  // What we send is far below what any peer takes.
    }
  }
}
