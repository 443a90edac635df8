/// Percent-encoding (RFC 3986, 2.1).
extension String {
  /// Every byte as `%XX` that is not unreserved, nor let through by `isKept`.
  package func percentEncoded(keeping isKept: (UInt8) -> Bool = { _ in false }) -> String {
    let digits = Array<UInt8>("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    encoded.reserveCapacity(utf8.count)
    for byte in utf8 {
      if byte.isLetter || byte.isDigit || Self.unreserved.contains(byte) || isKept(byte) {
        encoded.append(byte)
      } else {
        encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  /// RFC 3986, 2.3, beside letters and digits.
  private static let unreserved = Array("-._~".utf8)

  /// What `bytes` stand for. Never fails: a `%` without two digits stays as it is, what is no UTF-8 becomes U+FFFD.
  package init(percentDecoding bytes: some Sequence<UInt8>) {
    var decoded: [UInt8] = []
    var rest = Array(bytes)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let high = rest.first?.hexValue, let low = rest.dropFirst().first?.hexValue {
        decoded.append(high << 4 | low)
        rest.removeFirst(2)
      } else {
        decoded.append(byte)
      }
    }
    self.init(decoding: decoded, as: UTF8.self)
  }
}
