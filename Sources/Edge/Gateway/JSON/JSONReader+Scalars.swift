import Identifiers

extension JSONReader {
  /// The byte in front; nil at the end.
  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  func error(_ description: String) -> JSONError {
    JSONError(description: description, offset: position)
  }

  /// Consumes `byte` if it is in front.
  mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  /// Reads a number by RFC 8259's grammar and returns its text.
  mutating func readNumber() throws(JSONError) -> String {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try readDigits() }
    if take(UInt8(ascii: ".")) { try readDigits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try readDigits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func readDigits() throws(JSONError) {
    let start = position
    while let byte = peek, byte.isDigit { position += 1 }
    guard position > start else {
      throw error(peek == nil ? "The JSON ends too early" : "Expected a JSON value")
    }
  }

  /// Reads a string and returns what it stands for.
  mutating func readString() throws(JSONError) -> String {
    position += 1
    var unescaped: [UInt8] = []
    // Of what is copied as it is.
    var start = position
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        unescaped += bytes[start..<position]
        position += 1
        guard let text = String(validating: unescaped, as: UTF8.self) else {
          throw error("A string is not valid UTF-8")
        }
        return text
      case UInt8(ascii: "\\"):
        unescaped += bytes[start..<position]
        position += 1
        unescaped += try readEscape().utf8
        start = position
      case 0..<0x20:
        throw error("Control characters in a string must be escaped")
      default:
        position += 1
      }
    }
    throw error("The JSON ends within a string")
  }

  private mutating func readEscape() throws(JSONError) -> Unicode.Scalar {
    guard let byte = peek else { throw error("The JSON ends within a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try readUnicodeEscape()
    default: throw error("Unknown escape in a string")
    }
  }

  /// Reads the digits of `\uXXXX`, and of the second half where the first is a surrogate.
  private mutating func readUnicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let first = try readHexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xdc00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw loneSurrogate }
    let second = try readHexadecimal()
    guard (0xdc00...0xdfff).contains(second) else { throw loneSurrogate }
    let value = 0x10000 + ((UInt32(first) - 0xd800) << 10) + (UInt32(second) - 0xdc00)
    guard let scalar = Unicode.Scalar(value) else { throw loneSurrogate }
    return scalar
  }

  private mutating func readHexadecimal() throws(JSONError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = peek?.hexValue else { throw error("Expected four hexadecimal digits after \\u") }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }

  private var loneSurrogate: JSONError { error("A string has half of a surrogate pair") }
}
