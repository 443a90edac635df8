import Hummingbird
import JSONWriting

/// `/healthz` and `/readyz`, for whoever operates the process.
package struct HealthRoutes: Sendable {
  private let dependencies: [Dependency]
  private let isStopping: @Sendable () -> Bool

  /// `isStopping`: the process has been told to stop. It serves what comes, but nothing more should be sent.
  package init(_ dependencies: [Dependency] = [], isStopping: @escaping @Sendable () -> Bool = { false }) {
    self.dependencies = dependencies
    self.isStopping = isStopping
  }

  /// The process runs and answers.
  package func alive() -> Response { .json(.ok, #"{"status":"ok"}"#) }

  /// Requests can be served: 200, or 503 with what is missing. Not ready from the moment a shutdown begins.
  package func ready() async -> Response {
    let states = await Dependency.states(of: dependencies)
    let isStopping = isStopping() || Task.isShuttingDownGracefully
    let isReady = !isStopping && states.allSatisfy { if case .up = $0 { true } else { false } }
    var json = JSONWriter()
    json.literal(#"{"status":"#, isReady ? "ready" : isStopping ? "stopping" : "not ready")
    json.literal(#","dependencies":"#)
    json.array(Array(zip(dependencies, states))) { json, dependency in
      json.literal(#"{"name":"#, dependency.0.name)
      switch dependency.1 {
      case .up(let note):
        json.literal(#","state":"up""#)
        if let note { json.literal(#","note":"#, note) }
      case .down(let problem): json.literal(#","state":"down","note":"#, problem)
      }
      json.literal("}")
    }
    json.literal("}")
    return .json(isReady ? .ok : .serviceUnavailable, json.buffer)
  }
}
