/// Whether requests can be served, and what that hangs on: the answer of `/readyz`.
package struct Readiness: Sendable {
  package enum State: Sendable, Hashable {
    /// `note` tells more of it, such as the durability setting of a Redis.
    case up(note: String? = nil)
    case down(String)
  }

  package struct Dependency: Sendable {
    package let name: String
    package let state: State

    package init(name: String, state: State) {
      self.name = name
      self.state = state
    }
  }

  package let dependencies: [Dependency]
  /// The process has been told to stop: it serves what comes, but nothing more should be sent.
  package var isStopping = false

  package init(_ dependencies: [Dependency] = []) {
    self.dependencies = dependencies
  }

  var isReady: Bool {
    !isStopping && dependencies.allSatisfy { if case .up = $0.state { true } else { false } }
  }
}
