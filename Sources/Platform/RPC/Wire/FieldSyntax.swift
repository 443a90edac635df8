import NIOHPACK

/// The syntax of HTTP/2 field names and values (RFC 9113 8.2, RFC 9110 5), and of the blocks that are no request:
/// ``RequestHead`` has a pass of its own.
enum FieldSyntax {
  /// The first HEADERS of an answer: `:status` once and first, no other pseudo-header. An informational answer (1xx)
  /// cannot end the stream.
  static func isResponseHead(_ headers: HPACKHeaders, endStream: Bool) -> Bool {
    var status: String?
    var isPastPseudoHeaders = false
    for (name, value, _) in headers {
      if name.utf8.first == UInt8(ascii: ":") {
        guard name == HeaderName.status, status == nil, !isPastPseudoHeaders else { return false }
        status = value
      } else {
        guard isRegularField(name, value) else { return false }
        isPastPseudoHeaders = true
      }
    }
    guard let status, isStatus(status) else { return false }
    return !endStream || status.utf8.first != UInt8(ascii: "1")
  }

  /// Trailers, of a request or of an answer: no pseudo-headers.
  static func isTrailers(_ headers: HPACKHeaders) -> Bool {
    headers.allSatisfy { isRegularField($0.name, $0.value) }
  }

  /// Fields that speak of an HTTP/1.1 connection (RFC 9113 8.2.2).
  static func isConnectionSpecific(_ name: String) -> Bool {
    switch name {
    case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade": true
    default: false
    }
  }

  /// A token without upper-case letters.
  static func isName(_ name: some Sequence<UInt8>) -> Bool {
    var isEmpty = true
    for byte in name {
      guard isNameByte(byte) else { return false }
      isEmpty = false
    }
    return !isEmpty
  }

  /// No control character but the tab, and no white space at the ends. Bytes above ASCII are opaque and allowed.
  static func isValue(_ value: String) -> Bool {
    value.utf8.withContiguousStorageIfAvailable(isValue(bytes:)) ?? isValue(bytes: Array(value.utf8))
  }

  /// A value of a pseudo-header: none of their grammars has a space or a control character.
  static func isPseudoHeaderValue(_ value: String) -> Bool {
    value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
  }

  /// Decimal digits without a sign; nil for anything else, or for more than an `Int` holds.
  static func number(_ value: String) -> Int? {
    value.utf8.allSatisfy(isDigit) ? Int(value) : nil
  }

  static func isName(_ name: String) -> Bool {
    name.utf8.withContiguousStorageIfAvailable { isName($0) } ?? isName(name.utf8)
  }

  private static func isValue(bytes: some BidirectionalCollection<UInt8>) -> Bool {
    guard let first = bytes.first, let last = bytes.last else { return true }
    if isWhitespace(first) || isWhitespace(last) { return false }
    return hasNoControls(bytes)
  }

  private static func hasNoControls(_ bytes: some Sequence<UInt8>) -> Bool {
    for byte in bytes where byte < 0x20 && byte != 0x09 || byte == 0x7f { return false }
    return true
  }

  private static func isRegularField(_ name: String, _ value: String) -> Bool {
    // A `grpc-message` of other implementations may end with a space.
    isName(name) && hasNoControls(value.utf8) && !isConnectionSpecific(name)
  }

  private static func isStatus(_ value: String) -> Bool {
    value.utf8.count == 3 && value.utf8.allSatisfy(isDigit)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isWhitespace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte < 64 ? nameBytes.low & (1 << UInt64(byte)) != 0 : byte < 128 && nameBytes.high & (1 << UInt64(byte - 64)) != 0
  }

  /// One bit for each ASCII character that a name may have.
  private static let nameBytes: (low: UInt64, high: UInt64) = {
    var low: UInt64 = 0
    var high: UInt64 = 0
    for byte in "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz".utf8 {
      if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
    }
    return (low, high)
  }()
}
