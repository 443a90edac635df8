import HTTPTypes
import Hummingbird
import Identifiers
import Logging
import RPC

/// What the gateway writes about requests: one line each when it is answered, and one more for a fault.
///
/// Never a cookie, a body, a token or a query.
struct RequestLog: Sendable {
  let logger: Logger
  let level: Logger.Level

  func record(
    _ request: Request, _ context: GatewayContext, _ status: HTTPResponse.Status, _ duration: Duration
  ) {
    let level = Self.probes.contains(context.route ?? "") ? min(level, .debug) : level
    guard logger.logLevel <= level else { return }
    var metadata = facts(request, context)
    metadata["status"] = .stringConvertible(status.code)
    metadata["duration_ms"] = .string(duration.millisecondsText)
    if let id = context.user.id { metadata["user_id"] = .string(id) }
    logger.log(level: level, "request", metadata: metadata)
  }

  /// A request that failed on our side of the API. `isOurs`: in a way that nobody planned for.
  func fault(_ error: any Error, _ request: Request, _ context: GatewayContext, isOurs: Bool) {
    var metadata = facts(request, context)
    metadata["error"] = .string("\(error)")
    if let cause = (error as? RPCError)?.cause { metadata["cause"] = .string("\(cause)") }
    logger.log(level: isOurs ? .error : .warning, "request failed", metadata: metadata)
  }

  /// Of what comes every few seconds from those who watch the gateway, there is a line only for who looks closely.
  private static let probes: Set = ["/healthz", "/readyz"]

  /// The pattern and not the path: it groups, and nobody can write into the log with it.
  private func facts(_ request: Request, _ context: GatewayContext) -> Logger.Metadata {
    [
      "method": .string(request.method.rawValue), "route": .string(context.route ?? "none"),
      "request_id": .string(context.requestID), "trace": .string(context.traceparent),
    ]
  }
}
