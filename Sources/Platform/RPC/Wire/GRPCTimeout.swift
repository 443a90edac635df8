/// The value of `grpc-timeout`: one to eight digits, then a unit of `HMSmun`.
enum GRPCTimeout {
  /// Longer timeouts are taken as this one, so that sums with a clock's time cannot overflow.
  static let longest = Duration.seconds(10 * 365 * 86_400)

  /// nil for anything that is not a timeout.
  static func decode(_ text: String) -> Duration? {
    var digits = text.utf8[...]
    guard let unit = digits.popLast(), (1...8).contains(digits.count) else { return nil }
    var value: Int64 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + Int64(digit - UInt8(ascii: "0"))
    }
    switch unit {
    case UInt8(ascii: "H"): return min(.seconds(value * 3600), longest)
    case UInt8(ascii: "M"): return min(.seconds(value * 60), longest)
    case UInt8(ascii: "S"): return .seconds(value)
    case UInt8(ascii: "m"): return .milliseconds(value)
    case UInt8(ascii: "u"): return .microseconds(value)
    case UInt8(ascii: "n"): return .nanoseconds(value)
    default: return nil
    }
  }

  /// In the finest unit that holds it in eight digits, rounded up; nothing below zero.
  static func encode(_ timeout: Duration) -> String {
    let (seconds, attoseconds) = max(.zero, timeout).components
    if attoseconds == 0, seconds > 0, seconds < 100_000_000 { return "\(seconds)S" }
    let units: [(suffix: String, perSecond: Int64)] = [("n", 1_000_000_000), ("u", 1_000_000), ("m", 1000), ("S", 1)]
    for unit in units {
      let attosecondsPerUnit = 1_000_000_000_000_000_000 / unit.perSecond
      let fraction = attoseconds / attosecondsPerUnit + (attoseconds % attosecondsPerUnit == 0 ? 0 : 1)
      let (whole, overflow) = seconds.multipliedReportingOverflow(by: unit.perSecond)
      guard !overflow, whole < 100_000_000, whole + fraction < 100_000_000 else { continue }
      return "\(whole + fraction)\(unit.suffix)"
    }
    return "\(min(seconds / 3600 + 1, 99_999_999))H"
  }
}
