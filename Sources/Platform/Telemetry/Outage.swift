/// What is worth a warning while something is away: each cause once, until it is back.
package struct Outage: Sendable {
  /// Whoever names ever new causes is not listened to for ever.
  private static let maximumCauses = 16

  /// What time may mend is no news until then: processes that are started together wait for each other.
  private var quietUntil: ContinuousClock.Instant?
  private var told: Set<String> = []

  package init(quietUntil: ContinuousClock.Instant? = nil) {
    self.quietUntil = quietUntil
  }

  /// Somebody has been told of it, and it is not over.
  package var isOngoing: Bool { !told.isEmpty }

  /// Whether to tell of this cause. `mendsItself`: it may be gone when the start is over.
  package mutating func noticed(_ cause: String, mendsItself: Bool = true) -> Bool {
    if mendsItself, let quietUntil, .now < quietUntil { return false }
    return told.count < Self.maximumCauses && told.insert(cause).inserted
  }

  /// Whether to tell that it is over.
  package mutating func ended() -> Bool {
    defer {
      told = []
      quietUntil = nil
    }
    return isOngoing
  }
}
