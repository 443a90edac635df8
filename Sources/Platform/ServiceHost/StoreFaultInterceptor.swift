import RPC
import Records
import Redis

/// Gives the faults that handlers let through their statuses: a store that is away is UNAVAILABLE and worth another
/// try; a record that is malformed, and a command that Redis or its client will never carry out, are faults of ours and
/// INTERNAL, which `CallRecorder` logs as an error with its cause. Nothing of either reaches the caller but the code.
package struct StoreFaultInterceptor: ServerInterceptor {
  package init() {}

  package func intercept<Output: Sendable>(
    _ context: CallContext, next: (CallContext) async throws -> Output
  ) async throws -> Output {
    do {
      return try await next(context)
    } catch let error as RedisError {
      throw Self.status(of: error)
    } catch let error as MalformedRecord {
      throw Self.malformed(error)
    }
  }

  private static func status(of error: RedisError) -> RPCError {
    if error.isOutage {
      return RPCError(
        .unavailable, "The service cannot reach its data at the moment, try again", reason: "STORE_UNAVAILABLE",
        retryAfter: .seconds(1), cause: error)
    }
    if error.isMalformedRecord { return malformed(error) }
    return RPCError(.internal, "The service has failed to use its data", reason: "STORE_FAULT", cause: error)
  }

  private static func malformed(_ error: any Error) -> RPCError {
    RPCError(.internal, "The stored data is malformed", reason: "MALFORMED_RECORD", cause: error)
  }
}
