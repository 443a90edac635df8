import Identifiers

/// The time by the store's clock: read once, it goes on by this process' steady one, so that processes whose own clocks
/// differ agree on what is due and what is over.
package struct ServerClock: Sendable {
  /// As the server said it.
  package let reading: UnixTime
  private let instant: ContinuousClock.Instant

  /// `reading` was taken after `instant`: by the way of the reply this clock is ahead, never behind, so nothing is done
  /// after its time.
  init(_ reading: UnixTime, at instant: ContinuousClock.Instant) {
    self.reading = reading
    self.instant = instant
  }

  package var now: UnixTime { reading.adding(instant.duration(to: .now)) }
}
