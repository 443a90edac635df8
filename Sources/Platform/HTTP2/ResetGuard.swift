import NIOCore

/// Tells a peer whose deadlines pass from one that opens streams only to reset them (CVE-2023-44487).
///
/// A reset counts where its stream lived for less than ``youngAge``: an older stream held one of the places that
/// SETTINGS_MAX_CONCURRENT_STREAMS allows, so those resets cannot come faster than honest calls could. The burst is
/// large enough for every deadline of a full connection to pass at once, many times over.
package struct ResetGuard {
  private static let youngAge = TimeAmount.milliseconds(10)

  private var bucket: TokenBucket

  package init(capacity: Int = 2000, perSecond: Int = 1000, now: NIODeadline) {
    self.bucket = TokenBucket(capacity: capacity, perSecond: perSecond, now: now)
  }

  /// False once too many young streams were reset.
  package mutating func permitsReset(ofStreamOpenedAt opened: NIODeadline, now: NIODeadline) -> Bool {
    now - opened >= Self.youngAge || bucket.take(now: now)
  }
}
