import Identifiers
import RPC
import Redis

/// A client's key for one request came with another one before.
package struct IdempotencyKeyReused: Error, Hashable {}

// What callers are told of the faults that all services have in common.

extension InvalidFields: RPCErrorConvertible {
  package var rpcError: RPCError {
    .invalidFields(problems.map { .init(field: $0.field, message: $0.message) })
  }
}

extension IdempotencyKeyReused: RPCErrorConvertible {
  package var rpcError: RPCError {
    RPCError(
      .failedPrecondition, "This Idempotency-Key came with another request before", reason: "IDEMPOTENCY_KEY_REUSED")
  }
}

extension Contended: RPCErrorConvertible {
  package var rpcError: RPCError {
    RPCError(.aborted, "What you want to change kept changing meanwhile, try again", reason: "CONCURRENT_UPDATE")
  }
}

extension OrderRefusal: RPCErrorConvertible {
  package var rpcError: RPCError {
    let code: StatusCode =
      switch self {
      case .notFound: .notFound
      case .notOwner: .permissionDenied
      case .complete, .cancelled, .expired, .amountMismatch, .attemptOver: .failedPrecondition
      }
    return RPCError(code, message, reason: rawValue)
  }

  /// nil where the error says nothing of the order's own state: the order may have been taken hold of before it.
  package init?(_ error: RPCError) {
    guard let refusal = error.reason.flatMap(OrderRefusal.init(rawValue:)), refusal.rpcError.code == error.code else {
      return nil
    }
    self = refusal
  }
}
