/// Why a text is no price. What a price may be beyond that, the tickets service says.
package enum PriceProblem: Error, Hashable, Sendable {
  case notANumber
  /// More than so many decimals.
  case tooManyDecimals(Int)
  /// More than any price has, so much that it need not fit into 64 bits.
  case outOfRange

  /// For people, after the name of the field.
  package var message: String {
    switch self {
    case .notANumber: "must be a number"
    case .tooManyDecimals(0): "must be a whole number"
    case .tooManyDecimals(let most): "must have at most \(most) decimals"
    case .outOfRange: "is out of range: at most 1000000"
    }
  }
}

/// Prices as clients write them, turned into integers by arithmetic on decimal digits: a binary fraction holds neither
/// 0.1 nor 0.29, so none is ever involved.
extension Currency {
  /// Whole units have at most this many digits here; the service's own limit is far below.
  private static let maximumDigits = 12

  /// Minor units of a number of main units by JSON's grammar (RFC 8259, 6), for example `12.5`, `1e2` or `-0`. Zeros at
  /// the end of the decimals count for nothing, and neither does the length of the text.
  package func minorUnits(_ text: some StringProtocol) throws(PriceProblem) -> Int64 {
    guard let decimal = Decimal(text) else { throw .notANumber }
    guard !decimal.digits.isEmpty else { return 0 }
    guard decimal.digits.count + decimal.exponent <= Self.maximumDigits else { throw .outOfRange }
    guard decimal.exponent >= -exponent else { throw .tooManyDecimals(exponent) }
    // At most 14 digits follow, see the two guards.
    var amount: Int64 = 0
    for digit in decimal.digits { amount = amount * 10 + Int64(digit) }
    for _ in 0..<(decimal.exponent + exponent) { amount *= 10 }
    return decimal.isNegative ? -amount : amount
  }
}
