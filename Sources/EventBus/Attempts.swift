/// What an entry has been through with this group, and what to do with it next.
struct Attempts: Sendable, Hashable {
  enum Verdict: Sendable, Hashable {
    case acknowledge
    case retry(after: Duration)
    /// To the dead letters, with this reason.
    case giveUp(String)
  }

  /// Failed attempts that count; kept as the entry's number of deliveries, so that they outlive the process.
  private(set) var failures: Int
  /// All attempts of this process.
  private(set) var count = 0
  private var gapSince: ContinuousClock.Instant?

  /// `deliveries`: as the server counts them, this one included. One that never came to an end, because the process
  /// died over it, counts as a failure.
  init(deliveries: Int = 1) {
    failures = max(0, deliveries - 1)
  }

  /// `isBehind`: there are entries in other streams that this consumer has not read yet, so what a gap waits for may
  /// be among them; then its patience does not run. `jitter` is between 0.5 and 1.
  mutating func verdict(
    on outcome: AttemptOutcome, at now: ContinuousClock.Instant, isBehind: Bool, settings: SubscriberSettings,
    jitter: Double
  ) -> Verdict {
    count += 1
    let pause = pause(settings) * jitter
    switch outcome {
    case .done: return .acknowledge
    case .hopeless(let reason): return .giveUp(reason)
    case .storeAway:
      gapSince = nil
      return .retry(after: pause)
    case .failed(let reason):
      failures += 1
      return failures >= settings.maximumAttempts ? .giveUp(reason) : .retry(after: pause)
    case .gap:
      let since = isBehind ? now : gapSince ?? now
      gapSince = since
      let left = settings.gapPatience - (now - since)
      guard left > .zero else {
        return .giveUp("an earlier event of the same key has not come for \(settings.gapPatience)")
      }
      return .retry(after: min(pause, left))
    }
  }

  /// Doubles with each attempt from the first to the longest.
  private func pause(_ settings: SubscriberSettings) -> Duration {
    var pause = settings.firstBackoff
    for _ in 1..<max(1, count) where pause < settings.longestBackoff { pause *= 2 }
    return min(pause, settings.longestBackoff)
  }
}
