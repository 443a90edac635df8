extension UnixTime {
  /// The greatest number of milliseconds that scores and scripts of Redis compare exactly.
  package static let latest = UnixTime(milliseconds: 1 << 53)

  /// Clamped to 1970 and `latest`.
  package func adding(_ duration: Duration) -> UnixTime {
    let (sum, overflows) = milliseconds.addingReportingOverflow(duration.wholeMilliseconds)
    let unclamped = overflows ? (duration < .zero ? .min : .max) : sum
    return UnixTime(milliseconds: min(max(0, unclamped), Self.latest.milliseconds))
  }

  /// Zero where `other` is earlier.
  package func duration(to other: UnixTime) -> Duration {
    let (rest, overflows) = other.milliseconds.subtractingReportingOverflow(milliseconds)
    return .milliseconds(overflows ? 0 : max(0, rest))
  }
}

extension Duration {
  /// Rounded towards zero; clamped to what an Int64 holds.
  package var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1000)
    let (sum, overflowsAgain) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
    return overflows || overflowsAgain ? (seconds < 0 ? .min : .max) : sum
  }
}
