import NIOCore

/// One frame of HTTP/2 (RFC 9113, 4.1).
struct Frame {
  let header: FrameHeader
  var payload: ByteBuffer
}

/// The nine bytes before every frame's payload.
struct FrameHeader: Equatable {
  static let size = 9

  /// Of the payload, in bytes.
  let length: Int
  /// Kinds that HTTP/2 does not know are allowed, and ignored.
  let type: UInt8
  let flags: UInt8
  /// 0: the frame is about the connection.
  let streamID: Int

  func has(_ flag: UInt8) -> Bool { flags & flag != 0 }
}

enum FrameType {
  static let data: UInt8 = 0x0
  static let headers: UInt8 = 0x1
  static let priority: UInt8 = 0x2
  static let reset: UInt8 = 0x3
  static let settings: UInt8 = 0x4
  static let pushPromise: UInt8 = 0x5
  static let ping: UInt8 = 0x6
  static let goAway: UInt8 = 0x7
  static let windowUpdate: UInt8 = 0x8
  static let continuation: UInt8 = 0x9
}

enum FrameFlag {
  static let endStream: UInt8 = 0x1
  static let acknowledgement: UInt8 = 0x1
  static let endHeaders: UInt8 = 0x4
  static let padded: UInt8 = 0x8
  static let priority: UInt8 = 0x20
}
