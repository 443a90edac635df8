import RPC

extension CallContext {
  /// What ties an event to the request that caused it: the W3C traceparent, or the request id.
  package var trace: String { traceparent ?? requestID }
}
