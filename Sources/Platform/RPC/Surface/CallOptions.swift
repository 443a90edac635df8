/// What a caller sends along.
package struct CallOptions: Sendable {
  /// Sent as `grpc-timeout`; the call fails with DEADLINE_EXCEEDED when it has passed. nil waits for ever.
  package var timeout: Duration? = .seconds(10)
  package var metadata: Metadata = [:]

  package init(timeout: Duration? = .seconds(10), metadata: Metadata = [:]) {
    self.timeout = timeout
    self.metadata = metadata
  }

  /// For a call that a handler makes on behalf of the call it serves: carries its request id and trace on, and
  /// never outlives its deadline.
  package init(continuing context: CallContext, timeout: Duration? = .seconds(10)) {
    var shortest = timeout
    if let deadline = context.deadline {
      let remaining = max(.zero, ContinuousClock.now.duration(to: deadline))
      shortest = min(shortest ?? remaining, remaining)
    }
    self.timeout = shortest
    self.metadata.add(RequestID.metadataName, context.requestID)
    if let trace = context.traceparent { self.metadata.add("traceparent", trace) }
  }
}
