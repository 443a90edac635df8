extension Duration {
  /// Rounded towards zero, and clamped to what 64 bits hold.
  package var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1000)
    let (sum, overflowsAgain) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
    return overflows || overflowsAgain ? (seconds < 0 ? .min : .max) : sum
  }

  /// Of one that is not negative, with three decimals, for logs: `21.997`.
  package var millisecondsText: String {
    let microseconds = (self * 1000).wholeMilliseconds
    return "\(microseconds / 1000).\(String(microseconds % 1000 + 1000).dropFirst())"
  }

  /// Rounded up, so that who waits that long has waited long enough; clamped to what 64 bits hold.
  package var secondsRoundedUp: Int64 {
    let (seconds, attoseconds) = components
    return attoseconds > 0 && seconds < .max ? seconds + 1 : seconds
  }
}
