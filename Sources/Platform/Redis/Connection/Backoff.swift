/// Waits between attempts: doubling from `first` to `limit`, each drawn between half and all of it, so that the clients
/// of a server that comes back do not all knock at the same moment.
package struct Backoff: Sendable {
  private let first: Duration
  private let limit: Duration
  private var current: Duration

  package init(first: Duration, limit: Duration) {
    self.first = first
    self.limit = limit
    current = first
  }

  package mutating func next() -> Duration {
    defer { current = min(current * 2, limit) }
    return current * Double.random(in: 0.5...1)
  }

  package mutating func reset() { current = first }
}
