import Identifiers
import Logging
import RPC

/// Counts, times and logs each call when it ended: one interceptor for all three, because each costs.
///
/// The line names method, code, duration, request id, trace and who called. It is `error` for faults of ours; `debug`
/// for what only looks (`Get…`, `List…`, `Watch…`, `Check`), of which there is most and of which the gateway has its own
/// line; `info` for what changes something, whether it was refused or not; `warning` where a service shows a token that
/// is not accepted.
struct CallRecorder: ServerInterceptor {
  let metrics: CallMetrics
  let logger: Logger

  func intercept<Output: Sendable>(
    _ context: CallContext, next: (CallContext) async throws -> Output
  ) async throws -> Output {
    do {
      let output = try await next(context)
      record(context, .ok, nil)
      return output
    } catch {
      record(context, Self.code(of: error, context), error)
      throw error
    }
  }

  private func record(_ context: CallContext, _ code: StatusCode, _ error: (any Error)?) {
    let duration = ContinuousClock.now - context.received
    metrics.record(context.path, code, duration)
    let level = Self.level(of: code, context)
    guard level >= logger.logLevel else { return }
    var metadata: Logger.Metadata = [
      "rpc": .string(context.path), "code": .string(code.name), "request_id": .string(context.requestID),
      "duration_ms": .string(duration.millisecondsText),
    ]
    if let trace = context.traceparent { metadata["trace"] = .string(trace) }
    if let id = context.caller?.userID { metadata["user_id"] = .string(id) }
    if let service = context.caller?.service { metadata["caller_service"] = .string(service) }
    if let fault = context.credentialFault {
      metadata["token"] = .string(fault.description)
      if let service = fault.service { metadata["token_service"] = .string(String(service.prefix(64))) }
    }
    if let error { metadata["error"] = .string(Self.describe(error)) }
    logger.log(level: level, "call ended", metadata: metadata)
  }

  /// As the caller is told it; a handler that was cancelled because its time was over has run out of time.
  private static func code(of error: any Error, _ context: CallContext) -> StatusCode {
    let code = RPCError(reporting: error).code
    guard code == .cancelled, let deadline = context.deadline, deadline <= .now else { return code }
    return .deadlineExceeded
  }

  private static func level(of code: StatusCode, _ context: CallContext) -> Logger.Level {
    switch code {
    case .unknown, .internal, .dataLoss: return .error
    // One of ours whose clock or key is another: it has an error in its own log, and here is the reason.
    case .unauthenticated where context.credentialFault?.service != nil: return .warning
    default:
      let path = context.path
      let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
      let method = path.utf8[(slash ?? path.startIndex)...].dropFirst()
      return lookers.contains { method.starts(with: $0) } ? .debug : .info
    }
  }

  private static let lookers = ["Get", "List", "Watch", "Check"].map { Array($0.utf8) }

  /// The message and, for people who look for the reason, what lies beneath it.
  private static func describe(_ error: any Error) -> String {
    guard let error = (error as? any RPCErrorConvertible)?.rpcError ?? error as? RPCError else { return "\(error)" }
    guard let cause = error.cause else { return error.message }
    return "\(error.message): \(cause)"
  }
}
