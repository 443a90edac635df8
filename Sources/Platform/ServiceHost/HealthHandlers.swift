import RPC
import TicketingProto

/// `grpc.health.v1`, as Kubernetes' probes and any gRPC client's balancer ask for it.
struct HealthHandlers: HealthV1.HealthProtocol {
  let state: HealthState

  func check(
    _ request: HealthV1.HealthCheckRequest, context: CallContext
  ) async throws -> HealthV1.HealthCheckResponse {
    guard let serving = state.isServing(request.service) else {
      throw RPCError(.notFound, "unknown service", reason: "UNKNOWN_SERVICE")
    }
    return HealthV1.HealthCheckResponse(status: serving ? .serving : .notServing)
  }

  func watch(
    _ request: HealthV1.HealthCheckRequest, context: CallContext,
    responses: ResponseWriter<HealthV1.HealthCheckResponse>
  ) async throws {
    var last: HealthV1.HealthCheckResponse.ServingStatus?
    for await _ in state.changes() {
      let status: HealthV1.HealthCheckResponse.ServingStatus =
        switch state.isServing(request.service) {
        case .none: .serviceUnknown
        case .some(true): .serving
        case .some(false): .notServing
        }
      guard status != last else { continue }
      try await responses.write(HealthV1.HealthCheckResponse(status: status))
      last = status
    }
    // The loop ends only with the call: whoever watches went away.
    try Task.checkCancellation()
  }
}
