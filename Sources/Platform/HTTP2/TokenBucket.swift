import NIOCore

/// Allows `capacity` events at once, and `perSecond` of them in the long run.
struct TokenBucket {
  private let capacity: Double
  private let perSecond: Double
  private var tokens: Double
  private var updated: NIODeadline

  init(capacity: Int, perSecond: Int, now: NIODeadline) {
    self.capacity = Double(capacity)
    self.perSecond = Double(perSecond)
    self.tokens = Double(capacity)
    self.updated = now
  }

  /// False once the events come faster than allowed.
  mutating func take(_ count: Int = 1, now: NIODeadline) -> Bool {
    refill(now)
    tokens -= Double(count)
    return tokens >= 0
  }

  /// Gives tokens back for useful work, never beyond the capacity.
  mutating func earn(_ count: Int) {
    tokens = min(capacity, tokens + Double(count))
  }

  private mutating func refill(_ now: NIODeadline) {
    guard now > updated else { return }
    let seconds = Double((now - updated).nanoseconds) / 1_000_000_000
    tokens = min(capacity, tokens + seconds * perSecond)
    updated = now
  }
}
