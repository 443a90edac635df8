/// An error that says itself what a caller is told about it: a service's refusals.
package protocol RPCErrorConvertible: Error {
  var rpcError: RPCError { get }
}

extension RPCError {
  /// What a caller is told about an error that a handler threw.
  ///
  /// An `RPCError`, or one that converts to it, goes out as it is. Cancellation is CANCELLED. Anything else is UNKNOWN, as in every gRPC
  /// implementation, with a neutral message: the description of an internal error never leaves the process.
  /// Interceptors that log use this too, so a log line and the wire name the same code.
  package init(reporting error: any Error) {
    switch error {
    case let error as RPCError where error.code != .ok:
      self = error
    case let error as any RPCErrorConvertible:
      self = error.rpcError
    case is MessageError:
      // A response that cannot be encoded; INTERNAL as in statuscodes.md.
      self.init(.internal, "A message of this call cannot be encoded or decoded.", cause: error)
    case is CancellationError:
      self.init(.cancelled, "The call was cancelled.", cause: error)
    default:
      self.init(.unknown, "The call failed for an unexpected reason.", cause: error)
    }
  }

  /// A request that is no such message. INTERNAL, as grpc's C core and grpc-go answer and statuscodes.md lists.
  static func undecodableRequest(_ cause: any Error) -> RPCError {
    RPCError(.internal, "The request is not a valid message.", cause: cause)
  }

  /// A response that is no such message; INTERNAL on the calling side (statuscodes.md).
  static func undecodableResponse(_ cause: any Error) -> RPCError {
    RPCError(.internal, "The response is not a valid message.", cause: cause)
  }

  static func unknownMethod(_ path: String) -> RPCError {
    RPCError(.unimplemented, "There is no method \(path).")
  }

  static var deadlineExceeded: RPCError {
    RPCError(.deadlineExceeded, "The deadline passed before the call completed.")
  }

  static var cancelled: RPCError {
    RPCError(.cancelled, "The call was cancelled.")
  }
}
