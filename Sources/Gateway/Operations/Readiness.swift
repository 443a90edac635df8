/// Whether requests can be served, and what that hangs on: the answer of `/readyz`.
package struct Readiness: Sendable {
  package enum State: Sendable, Hashable {
    /// `note` tells of what works but is not as it should be.
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

  package init(_ dependencies: [Dependency] = []) {
    self.dependencies = dependencies
  }

  var isReady: Bool {
    dependencies.allSatisfy { if case .up = $0.state { true } else { false } }
  }
}
