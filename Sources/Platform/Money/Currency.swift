/// What the platform sells in. Amounts are integers in its minor unit everywhere: cents, or whole yen.
package struct Currency: Sendable, Hashable {
  /// ISO 4217, in lower case.
  package let code: String
  /// Digits behind the decimal point: 0 or 2.
  package let exponent: Int
  /// What Stripe charges at least; 1 where it names nothing, and goes by what the account is settled in.
  package let smallestCharge: Int64

  /// Amounts of more than eight digits are charged in no currency of ours.
  package static let largestCharge: Int64 = 99_999_999

  init(_ code: String, exponent: Int = 2, smallestCharge: Int64 = 1) {
    self.code = code
    self.exponent = exponent
    self.smallestCharge = smallestCharge
  }

  /// Minor units of one main unit.
  package var scale: Int64 { exponent == 0 ? 1 : 100 }
}
