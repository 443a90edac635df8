extension Currency {
  /// What stands before an amount: `$`, `€`; the code where there is no sign that all know.
  package var symbol: String { Self.symbols[code] ?? "\(code.uppercased())\u{a0}" }

  /// As people read it: `$1,234.50`, `¥500`.
  package func text(_ minorUnits: Int64) -> String {
    let (whole, rest) = minorUnits.magnitude.quotientAndRemainder(dividingBy: scale.magnitude)
    let digits = String(whole)
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { grouped.append(",") }
      grouped.append(digit)
    }
    return "\(minorUnits < 0 ? "-" : "")\(symbol)\(grouped)\(fraction(rest))"
  }

  /// As one types it: `1234.50`, `500`.
  package func typed(_ minorUnits: Int64) -> String {
    let (whole, rest) = minorUnits.magnitude.quotientAndRemainder(dividingBy: scale.magnitude)
    return "\(minorUnits < 0 ? "-" : "")\(whole)\(fraction(rest))"
  }

  private func fraction(_ rest: UInt64) -> String {
    if exponent == 0 { return "" }
    return rest < 10 ? ".0\(rest)" : ".\(rest)"
  }

  private static let symbols = [
    "usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "aud": "A$", "brl": "R$", "cad": "CA$", "hkd": "HK$", "ils": "₪",
    "inr": "₹", "krw": "₩", "mxn": "MX$", "nzd": "NZ$", "vnd": "₫",
  ]
}
