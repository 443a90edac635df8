import Telemetry

/// Something outside of the process that it cannot work without.
package struct Dependency: Sendable {
  package enum State: Sendable, Hashable {
    /// `note` tells more of it, such as the durability setting of a Redis.
    case up(note: String? = nil)
    case down(String)
  }

  /// Who has not answered after so long is down.
  package static let patience: Duration = .seconds(1)
  /// What a check may wait for: less, so that it can still say itself what is wrong.
  package static let answerTime: Duration = .milliseconds(800)

  package let name: String
  private let check: @Sendable () async -> State

  /// `check` must end when its task is cancelled.
  package init(_ name: String, check: @escaping @Sendable () async -> State) {
    self.name = name
    self.check = check
  }

  /// The same under a name that tells whose it is.
  package func named(_ name: String) -> Dependency { Dependency(name, check: check) }

  /// Asks all at once; it takes ``patience`` at most.
  package static func states(of dependencies: [Dependency]) async -> [State] {
    await answers(of: dependencies, within: patience) { await $0.check() }
      .map { $0 ?? .down("it has not answered within 1 second") }
  }
}
