/// What a ticket may cost.
package struct PriceLimits: Sendable, Hashable {
  package let currency: Currency
  /// In minor units; from 1 on.
  package let range: ClosedRange<Int64>

  /// A million main units: no platform of ours sells above it, whatever a processor charges.
  package static func ceiling(_ currency: Currency) -> Int64 { 1_000_000 * currency.scale }

  /// What the processor charges, where nothing else is said.
  package init(_ currency: Currency) {
    self.init(
      currency, range: currency.smallestCharge...min(Currency.largestCharge, Self.ceiling(currency)))
  }

  package init(_ currency: Currency, range: ClosedRange<Int64>) {
    self.currency = currency
    self.range = range
  }

  /// What is wrong with a price, for people; nil: nothing is.
  package func problem(with minorUnits: Int64) -> String? {
    if minorUnits <= 0 { return "Price must be greater than 0" }
    if minorUnits < range.lowerBound { return "Price must be at least \(currency.typed(range.lowerBound))" }
    return minorUnits > range.upperBound ? "Price must be at most \(currency.typed(range.upperBound))" : nil
  }
}
