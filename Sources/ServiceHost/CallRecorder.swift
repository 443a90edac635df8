import Logging
import RPC

/// Writes one line a call, when it ended: path, code, duration, request id and who called.
/// Calls that went well are `debug`, refusals `debug` too, faults of ours `error`.
package struct LoggingInterceptor: ServerInterceptor {
  private let logger: Logger

  package init(logger: Logger) {
    self.logger = logger
  }

  package func intercept<Output: Sendable>(
    _ context: CallContext, next: (CallContext) async throws -> Output
  ) async throws -> Output {
    let start = context.received
    do {
      let output = try await next(context)
      log(context, code: .ok, since: start, error: nil)
      return output
    } catch {
      log(context, code: (error as? RPCError)?.code ?? .unknown, since: start, error: error)
      throw error
    }
  }

  private func log(_ context: CallContext, code: StatusCode, since start: ContinuousClock.Instant, error: (any Error)?)
  {
    let level = Self.level(of: code)
    guard level >= logger.logLevel else { return }
    var metadata: Logger.Metadata = [
      "rpc": .string(context.path), "code": .string(code.name), "request_id": .string(context.requestID),
      "duration_ms": .stringConvertible((ContinuousClock.now - start).milliseconds),
    ]
    if let id = context.caller?.userID { metadata["user_id"] = .string(id) }
    if let service = context.caller?.service { metadata["caller_service"] = .string(service) }
    if let error { metadata["error"] = .string(Self.describe(error)) }
    logger.log(level: level, "call ended", metadata: metadata)
  }

  private static func level(of code: StatusCode) -> Logger.Level {
    switch code {
    case .unknown, .internal, .dataLoss: .error
    default: .debug
    }
  }

  /// The message and, for people who look for the reason, what lies beneath it.
  private static func describe(_ error: any Error) -> String {
    guard let error = error as? RPCError else { return "\(error)" }
    guard let cause = error.cause else { return error.message }
    return "\(error.message): \(cause)"
  }
}

extension Duration {
  /// Milliseconds with three decimals' worth of precision.
  package var milliseconds: Double {
    Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
  }
}
