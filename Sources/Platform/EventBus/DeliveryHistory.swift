/// What an entry has been through with this group, and what to do with it next.
struct DeliveryHistory: Sendable, Hashable {
  enum Verdict: Sendable, Hashable {
    case acknowledge
    case retry(after: Duration)
    /// To the dead letters, with this reason.
    case deadLetter(String)
  }

  /// Of a trial, in the number of deliveries.
  private static let trialWeight = 1000
  /// Trials that the process did not survive, after which an entry is given up.
  static let deadlyTrials = 3

  /// Failed attempts that count; kept as the entry's number of deliveries, so that they outlive the process.
  private(set) var failures: Int
  /// How often an attempt began that was the only one of the process, and did not end. Kept with ``failures``.
  private(set) var trials: Int
  /// All attempts of this process.
  private(set) var count = 0

  /// `deliveries`: as the server counts them, this one included. One that never came to an end, because the process
  /// died over it or another, counts as a failure.
  init(deliveries: Int = 1) {
    trials = max(0, deliveries) / Self.trialWeight
    failures = max(0, deliveries % Self.trialWeight - 1)
  }

  /// What the server is to keep as the number of deliveries.
  var kept: Int { trials * Self.trialWeight + min(failures, Self.trialWeight - 2) }

  /// Processes have died while they held it: the next attempt is a trial, with nothing beside it.
  func isSuspect(_ settings: SubscriberSettings) -> Bool {
    count == 0 && (trials > 0 || failures >= settings.maximumDeliveries)
  }

  mutating func beginTrial() { trials += 1 }
  /// Nothing is known of its end, and the process lives.
  mutating func abandonTrial() { trials = max(0, trials - 1) }

  /// `jitter` is between 0.5 and 1.
  mutating func verdict(on outcome: DeliveryOutcome, settings: SubscriberSettings, jitter: Double) -> Verdict {
    count += 1
    trials = 0
    let pause = pause(settings) * jitter
    switch outcome {
    case .done: return .acknowledge
    case .malformed(let reason): return .deadLetter(reason)
    case .later(let pause): return .retry(after: pause)
    case .storeAway: return .retry(after: pause)
    case .failed(let reason):
      failures += 1
      return failures >= settings.maximumDeliveries ? .deadLetter(reason) : .retry(after: pause)
    }
  }

  /// Doubles with each attempt from the first to the longest.
  private func pause(_ settings: SubscriberSettings) -> Duration {
    var pause = settings.firstBackoff
    for _ in 1..<max(1, count) where pause < settings.longestBackoff { pause *= 2 }
    return min(pause, settings.longestBackoff)
  }
}
