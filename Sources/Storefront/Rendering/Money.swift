/// Amounts as people read them. The platform sells in US dollars.
enum Money {
  /// `$1,234.50`
  static func text(cents: Int64) -> String {
    let digits = String(cents.magnitude / 100)
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { grouped.append(",") }
      grouped.append(digit)
    }
    return "\(cents < 0 ? "-" : "")$\(grouped).\(fraction(cents))"
  }

  /// `1234.50`, as one types it.
  static func typed(cents: Int64) -> String { "\(cents / 100).\(fraction(cents))" }

  private static func fraction(_ cents: Int64) -> String {
    let rest = cents.magnitude % 100
    return rest < 10 ? "0\(rest)" : "\(rest)"
  }
}
