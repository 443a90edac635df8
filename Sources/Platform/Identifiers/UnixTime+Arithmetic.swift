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
