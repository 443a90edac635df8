import Identifiers

/// The time by the store's clock: read once, it goes on by this process' steady one, so that processes whose own clocks
/// differ agree on what is due and what is over.
struct ServerClock: Sendable {
  private let time: UnixTime
  private let instant: ContinuousClock.Instant

  /// `time` was read after `instant`: by the way of the reply this clock is ahead, never behind, so nothing is done
  /// after its time.
  init(_ time: UnixTime, at instant: ContinuousClock.Instant) {
    self.time = time
    self.instant = instant
  }

  var now: UnixTime { time.adding(instant.duration(to: .now)) }
}
