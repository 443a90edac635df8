import JSONWriting
import Money

extension JSONWriter {
  /// Appends a piece of JSON, and minor units as a number of main units without needless zeros: 50, 12.5, 0.05.
  mutating func literal(_ json: StaticString, _ minorUnits: Int64, in currency: Currency) {
    let text = currency.typed(minorUnits)
    let needless = currency.exponent == 0 ? 0 : text.hasSuffix(".00") ? 3 : text.hasSuffix("0") ? 1 : 0
    literal(json)
    number(text.dropLast(needless))
  }
}
