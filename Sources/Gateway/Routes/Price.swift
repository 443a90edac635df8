/// Prices as clients write them, turned into integer cents by arithmetic on decimal digits: a binary fraction holds
/// neither 0.1 nor 0.29, so none is ever involved.
package enum Price {
  /// Why a text is no price. What a price may be beyond that, the tickets service says.
  package enum Problem: Error, Hashable {
    case notANumber
    case tooManyDecimals
    /// More cents than any price has, so many that they need not fit into 64 bits.
    case outOfRange

    /// For people, after the name of the field.
    package var message: String {
      switch self {
      case .notANumber: "must be a number"
      case .tooManyDecimals: "must have at most 2 decimals"
      case .outOfRange: "is out of range: at most 1000000"
      }
    }
  }

  /// Whole units have at most this many digits here; the service's own limit is far below.
  static let maximumDigits = 12

  /// Cents of a number by JSON's grammar (RFC 8259, 6), for example `12.5`, `1e2` or `-0`. Zeros at the end of the
  /// decimals count for nothing, and neither does the length of the text.
  package static func cents(_ text: some StringProtocol) throws(Problem) -> Int64 {
    guard var decimal = Decimal(text.utf8) else { throw .notANumber }
    decimal.normalize()
    guard !decimal.digits.isEmpty else { return 0 }
    guard decimal.digits.count + decimal.exponent <= maximumDigits else { throw .outOfRange }
    guard decimal.exponent >= -2 else { throw .tooManyDecimals }
    // At most 14 digits follow, see the two guards.
    var cents: Int64 = 0
    for digit in decimal.digits { cents = cents * 10 + Int64(digit) }
    for _ in 0..<(decimal.exponent + 2) { cents *= 10 }
    return decimal.isNegative ? -cents : cents
  }
}

/// `digits` times ten to the power of `exponent`.
private struct Decimal {
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
    while let byte = next, byte.isDigit {
      values.append(byte - UInt8(ascii: "0"))
      next = bytes.next()
    }
    return values.count > count
  }
}
