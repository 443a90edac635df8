import Money
import NIOCore

/// Writes JSON straight into the buffer that goes out: no tree, no `Encodable`.
///
/// The caller writes the punctuation as literals, so that an answer reads here as it reads on the wire.
struct JSONWriter {
  private(set) var buffer: ByteBuffer

  init(capacity: Int = 256) {
    buffer = ByteBufferAllocator().buffer(capacity: capacity)
  }

  /// Appends a piece of JSON as it is.
  mutating func literal(_ json: StaticString) {
    buffer.writeStaticString(json)
  }

  mutating func integer(_ value: Int64) {
    buffer.writeString(String(value))
  }

  /// Appends minor units as a number of main units without needless zeros: 50, 12.5, 0.05.
  mutating func price(_ minorUnits: Int64, in currency: Currency) {
    let (units, rest) = minorUnits.magnitude.quotientAndRemainder(dividingBy: currency.scale.magnitude)
    if minorUnits < 0 { buffer.writeInteger(UInt8(ascii: "-")) }
    buffer.writeString(String(units))
    guard rest > 0 else { return }
    buffer.writeInteger(UInt8(ascii: "."))
    buffer.writeInteger(UInt8(ascii: "0") + UInt8(rest / 10))
    if rest % 10 > 0 { buffer.writeInteger(UInt8(ascii: "0") + UInt8(rest % 10)) }
  }

  /// Appends a string with its quotes. Escaped is what RFC 8259 demands, and nothing else.
  mutating func string(_ value: String) {
    var value = value
    value.withUTF8 { characters in
      let utf8 = UnsafeRawBufferPointer(characters)
      if utf8.contains(where: Self.needsEscape) { writeEscaped(utf8) } else { writeQuoted(utf8) }
    }
  }

  /// Most strings: one step into the buffer.
  private mutating func writeQuoted(_ utf8: UnsafeRawBufferPointer) {
    let length = utf8.count + 2
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { target in
      target[0] = UInt8(ascii: "\"")
      UnsafeMutableRawBufferPointer(rebasing: target[1...]).copyMemory(from: utf8)
      target[length - 1] = UInt8(ascii: "\"")
      return length
    }
  }

  private mutating func writeEscaped(_ utf8: UnsafeRawBufferPointer) {
    buffer.writeInteger(UInt8(ascii: "\""))
    var written = 0
    for position in utf8.indices where Self.needsEscape(utf8[position]) {
      buffer.writeBytes(UnsafeRawBufferPointer(rebasing: utf8[written..<position]))
      escape(utf8[position])
      written = position + 1
    }
    buffer.writeBytes(UnsafeRawBufferPointer(rebasing: utf8[written...]))
    buffer.writeInteger(UInt8(ascii: "\""))
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): literal("\\\"")
    case UInt8(ascii: "\\"): literal("\\\\")
    case 0x0a: literal("\\n")
    case 0x0d: literal("\\r")
    case 0x09: literal("\\t")
    default:
      literal("\\u00")
      buffer.writeInteger(Self.digits[Int(byte >> 4)])
      buffer.writeInteger(Self.digits[Int(byte & 15)])
    }
  }

  private static let digits = Array("0123456789abcdef".utf8)
}
