import NIOCore

extension ByteBuffer {
  mutating func writeCRLF() { writeInteger(0x0D0A as UInt16) }

  /// `<type><count>CRLF`
  mutating func writeRESPHeader(_ type: Unicode.Scalar, _ count: Int) {
    writeInteger(UInt8(ascii: type))
    writeDecimal(Int64(count))
    writeCRLF()
  }

  mutating func writeRESPBulk(_ text: String) {
    var text = text
    text.withUTF8 { writeRESPBulk($0) }
  }

  mutating func writeRESPBulk(_ bytes: some Collection<UInt8>) {
    writeRESPHeader("$", bytes.count)
    writeBytes(bytes)
    writeCRLF()
  }

  mutating func writeRESPBulk(_ value: Int64) {
    writeRESPHeader("$", Self.decimalLength(value))
    writeDecimal(value)
    writeCRLF()
  }

  private static func decimalLength(_ value: Int64) -> Int {
    var length = value < 0 ? 2 : 1
    var rest = value.magnitude
    while rest >= 10 {
      rest /= 10
      length += 1
    }
    return length
  }

  /// Decimal text without a String in between.
  private mutating func writeDecimal(_ value: Int64) {
    let length = Self.decimalLength(value)
    writeWithUnsafeMutableBytes(minimumWritableBytes: length) { target in
      var rest = value.magnitude
      var position = length
      repeat {
        position -= 1
        target[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      if value < 0 { target[0] = UInt8(ascii: "-") }
      return length
    }
  }
}
