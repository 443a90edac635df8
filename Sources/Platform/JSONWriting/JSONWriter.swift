import NIOCore

/// Writes JSON straight into the buffer that goes out: no tree, no `Encodable`.
///
/// The caller writes the punctuation as literals, so that an answer reads here as it reads on the wire.
package struct JSONWriter {
  package private(set) var buffer: ByteBuffer

  package init(capacity: Int = 256) {
    buffer = ByteBufferAllocator().buffer(capacity: capacity)
  }

  /// Appends a piece of JSON as it is.
  package mutating func literal(_ json: StaticString) {
    buffer.writeStaticString(json)
  }

  /// Appends a piece of JSON and a string after it.
  package mutating func literal(_ json: StaticString, _ value: String) {
    literal(json)
    string(value)
  }

  /// Appends a piece of JSON and a number after it.
  package mutating func literal(_ json: StaticString, _ value: Int64) {
    literal(json)
    number(String(value))
  }

  /// Appends the text of a number.
  package mutating func number(_ text: some StringProtocol) {
    buffer.writeBytes(text.utf8)
  }

  /// Appends an array with what `write` makes of each element.
  package mutating func array<Element, Failure>(
    _ elements: [Element], _ write: (inout JSONWriter, Element) throws(Failure) -> Void
  ) throws(Failure) {
    literal("[")
    for (index, element) in elements.enumerated() {
      if index > 0 { literal(",") }
      try write(&self, element)
    }
    literal("]")
  }

  /// Appends a string with its quotes. Escaped is what RFC 8259 demands, and nothing else.
  package mutating func string(_ value: String) {
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
    literal("\"")
    var written = 0
    for position in utf8.indices where Self.needsEscape(utf8[position]) {
      buffer.writeBytes(UnsafeRawBufferPointer(rebasing: utf8[written..<position]))
      escape(utf8[position])
      written = position + 1
    }
    buffer.writeBytes(UnsafeRawBufferPointer(rebasing: utf8[written...]))
    literal("\"")
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
    default: buffer.writeString((byte < 0x10 ? "\\u000" : "\\u00") + String(byte, radix: 16))
    }
  }
}
