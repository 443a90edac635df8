import Hummingbird
import ServiceLifecycle

/// `/healthz` and `/readyz`, for whoever operates the process.
struct HealthRoutes: Sendable {
  let readiness: @Sendable () async -> Readiness

  /// The process runs and answers.
  @Sendable func alive(_ request: Request, _ context: GatewayContext) async throws -> Response {
    .json(.ok, #"{"status":"ok"}"#)
  }

  /// Requests can be served: 200, or 503 with what is missing. Not ready from the moment a shutdown begins.
  @Sendable func ready(_ request: Request, _ context: GatewayContext) async throws -> Response {
    var readiness = await readiness()
    if Task.isShuttingDownGracefully { readiness.isStopping = true }
    let isReady = readiness.isReady
    var json = JSONWriter()
    json.literal(#"{"status":"#)
    json.literal(isReady ? #""ready""# : readiness.isStopping ? #""stopping""# : #""not ready""#)
    json.literal(#","dependencies":["#)
    for (index, dependency) in readiness.dependencies.enumerated() {
      if index > 0 { json.literal(",") }
      json.dependency(dependency)
    }
    json.literal("]}")
    return .json(isReady ? .ok : .serviceUnavailable, json.buffer)
  }
}

extension JSONWriter {
  fileprivate mutating func dependency(_ dependency: Readiness.Dependency) {
    literal(#"{"name":"#)
    string(dependency.name)
    switch dependency.state {
    case .up(let note):
      literal(#","state":"up""#)
      if let note {
        literal(#","note":"#)
        string(note)
      }
    case .down(let problem):
      literal(#","state":"down","note":"#)
      string(problem)
    }
    literal("}")
  }
}
