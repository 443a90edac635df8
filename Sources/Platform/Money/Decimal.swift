import Identifiers

/// `digits` times ten to the power of `exponent`.
struct Decimal {
  let isNegative: Bool
  /// Their values, without needless zeros at either end; zero has none.
  private(set) var digits: [UInt8]
  private(set) var exponent = 0

  /// Larger exponents are clamped to this: more than the digits of any body can bring back into range.
  private static let maximumExponent = 1_000_000_000

  /// nil for what is not a JSON number.
  init?(_ text: some StringProtocol) {
    var rest = Array(text.utf8)[...]
    isNegative = rest.take("-")
    digits = rest.takeDigits()
    guard !digits.isEmpty, digits.count == 1 || digits[0] != 0 else { return nil }
    if rest.take(".") {
      let decimals = rest.takeDigits()
      guard !decimals.isEmpty else { return nil }
      digits += decimals
      exponent = -decimals.count
    }
    if rest.take("e") || rest.take("E") {
      let isDown = rest.take("-")
      if !isDown { _ = rest.take("+") }
      let power = rest.takeDigits()
      guard !power.isEmpty else { return nil }
      let size = power.reduce(0) { min($0 * 10 + Int($1), Self.maximumExponent) }
      exponent += isDown ? -size : size
    }
    guard rest.isEmpty else { return nil }
    let trailing = digits.reversed().prefix { $0 == 0 }.count
    exponent += trailing
    digits = Array(digits.dropLast(trailing).drop { $0 == 0 })
  }
}

extension ArraySlice<UInt8> {
  fileprivate mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard first == UInt8(ascii: character) else { return false }
    removeFirst()
    return true
  }

  /// The values of the digits in front.
  fileprivate mutating func takeDigits() -> [UInt8] {
    let digits = prefix(while: \.isDigit)
    self = dropFirst(digits.count)
    return digits.map { $0 - UInt8(ascii: "0") }
  }
}
