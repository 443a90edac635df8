import RPC
import Redis

/// Gives the faults that handlers let through their statuses: a store that is away is UNAVAILABLE and worth another
/// try, a record that is malformed is INTERNAL. Nothing of either reaches the caller but the code.
package struct StoreFaultInterceptor: ServerInterceptor {
  package init() {}

  package func intercept<Output: Sendable>(
    _ context: CallContext, next: (CallContext) async throws -> Output
  ) async throws -> Output {
    do {
      return try await next(context)
    } catch let error as RedisError where error.isMalformedRecord {
      throw RPCError(.internal, "The stored data is malformed", reason: "MALFORMED_RECORD", cause: error)
    } catch let error as RedisError {
      throw RPCError(
        .unavailable, "The service cannot reach its data at the moment, try again", reason: "STORE_UNAVAILABLE",
        retryAfter: .seconds(1), cause: error)
    } catch let error as MalformedRecord {
      throw RPCError(.internal, "The stored data is malformed", reason: "MALFORMED_RECORD", cause: error)
    }
  }
}
