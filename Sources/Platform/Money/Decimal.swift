/// `digits` times ten to the power of `exponent`.
struct Decimal {
  var isNegative = false
  var digits: [UInt8] = []
  var exponent = 0

  /// Larger exponents are clamped to this: more than the digits of any body can bring back into range.
  private static let maximumExponent = 1_000_000_000

  /// nil for what is not a JSON number.
  init?(_ utf8: some Sequence<UInt8>) {
    var rest = Scanner(utf8.makeIterator())
    isNegative = rest.take(UInt8(ascii: "-"))
    guard rest.digits(into: &digits) else { return nil }
    guard digits.count == 1 || digits[0] != 0 else { return nil }
    if rest.take(UInt8(ascii: ".")) {
      let whole = digits.count
      guard rest.digits(into: &digits) else { return nil }
      exponent = whole - digits.count
    }
    if rest.take(UInt8(ascii: "e")) || rest.take(UInt8(ascii: "E")) {
      let isDown = rest.take(UInt8(ascii: "-"))
      if !isDown { _ = rest.take(UInt8(ascii: "+")) }
      var power: [UInt8] = []
      guard rest.digits(into: &power) else { return nil }
      let size = power.reduce(0) { min($0 * 10 + Int($1), Self.maximumExponent) }
      exponent += isDown ? -size : size
    }
    guard rest.next == nil else { return nil }
  }

  /// Removes zeros from both ends of the digits; zero has none left.
  mutating func normalize() {
    let trailing = digits.reversed().prefix { $0 == 0 }.count
    digits.removeLast(trailing)
    exponent += trailing
    digits.removeFirst(digits.prefix { $0 == 0 }.count)
  }
}

/// Bytes with the one in front at hand.
private struct Scanner<Bytes: IteratorProtocol<UInt8>> {
  private(set) var next: UInt8?
  private var bytes: Bytes

  init(_ bytes: Bytes) {
    self.bytes = bytes
    next = self.bytes.next()
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    next = bytes.next()
    return true
  }

  /// Appends the values of the digits in front; false where there is none.
  mutating func digits(into values: inout [UInt8]) -> Bool {
    let count = values.count
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      values.append(byte - UInt8(ascii: "0"))
      next = bytes.next()
    }
    return values.count > count
  }
}
