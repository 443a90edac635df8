import HTTPTypes
import Hummingbird
import Logging
import RPC

/// What the gateway writes about requests: one line each when it is answered, and one more for a fault.
///
/// Never a cookie, a body, a token or a query. Every answer passes ``record(_:_:_:since:)``: what counts requests
/// belongs beside the line.
struct RequestLog: Sendable {
  let logger: Logger
  let level: Logger.Level

  func record(
    _ request: Request, _ context: GatewayContext, _ status: HTTPResponse.Status, since start: ContinuousClock.Instant
  ) {
    guard logger.logLevel <= level else { return }
    let duration = ContinuousClock.now - start
    logger.log(
      level: level, "request",
      metadata: [
        "method": .string(request.method.rawValue), "route": .string(route(context)),
        "status": .stringConvertible(status.code), "duration_ms": .string(Self.milliseconds(duration)),
        "request_id": .string(context.requestID),
      ])
  }

  /// A request that failed on our side of the API. `isOurs`: in a way that nobody planned for.
  func fault(_ error: any Error, _ request: Request, _ context: GatewayContext, isOurs: Bool) {
    var metadata: Logger.Metadata = [
      "method": .string(request.method.rawValue), "route": .string(route(context)),
      "request_id": .string(context.requestID), "error": .string("\(error)"),
    ]
    if let cause = (error as? RPCError)?.cause { metadata["cause"] = .string("\(cause)") }
    logger.log(level: isOurs ? .error : .warning, "request failed", metadata: metadata)
  }

  /// The pattern and not the path: it groups, and nobody can write into the log with it.
  private func route(_ context: GatewayContext) -> String { context.endpointPath ?? "none" }

  /// Three decimals.
  private static func milliseconds(_ duration: Duration) -> String {
    let microseconds = duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
    let rest = String(microseconds % 1000)
    return "\(microseconds / 1000)." + String(repeating: "0", count: max(0, 3 - rest.count)) + rest
  }
}
