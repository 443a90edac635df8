/// An HTTP/2 error code (RFC 9113, 7).
package struct HTTP2ErrorCode: Hashable, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) {
    self.rawValue = rawValue
  }

  package static let noError = HTTP2ErrorCode(rawValue: 0x0)
  package static let protocolError = HTTP2ErrorCode(rawValue: 0x1)
  static let internalError = HTTP2ErrorCode(rawValue: 0x2)
  package static let flowControlError = HTTP2ErrorCode(rawValue: 0x3)
  static let streamClosed = HTTP2ErrorCode(rawValue: 0x5)
  package static let frameSizeError = HTTP2ErrorCode(rawValue: 0x6)
  package static let refusedStream = HTTP2ErrorCode(rawValue: 0x7)
  package static let cancel = HTTP2ErrorCode(rawValue: 0x8)
  static let compressionError = HTTP2ErrorCode(rawValue: 0x9)
  package static let enhanceYourCalm = HTTP2ErrorCode(rawValue: 0xb)
}

/// What ends a connection (RFC 9113, 5.4.1).
package struct HTTP2ConnectionError: Error, CustomStringConvertible {
  package let code: HTTP2ErrorCode
  package let description: String

  package init(_ code: HTTP2ErrorCode, _ description: String) {
    self.code = code
    self.description = description
  }
}
