/// How long to wait before the next attempt to connect: exponential, with jitter.
package struct ReconnectBackoff: Sendable {
  package struct Configuration: Sendable {
    package var first: Duration = .milliseconds(50)
    package var factor = 1.6
    package var longest: Duration = .seconds(5)
    /// Each wait is stretched or shortened by up to this fraction, so that clients do not return in step.
    package var jitter = 0.3

    package init() {}
  }

  private let configuration: Configuration
  private var next: Duration

  package init(_ configuration: Configuration) {
    self.configuration = configuration
    self.next = configuration.first
  }

  /// The wait after one more failure. `random` is from -1 to 1.
  package mutating func wait(random: Double = .random(in: -1...1)) -> Duration {
    let base = min(next, configuration.longest)
    next = min(next * configuration.factor, configuration.longest)
    return base * (1 + random * configuration.jitter)
  }

  package mutating func reset() {
    next = configuration.first
  }
}
