/// Where a streaming handler writes its responses.
package struct ResponseWriter<Response: RPCMessage>: Sendable {
  private let sink: any ResponseSink<Response>

  init(_ sink: any ResponseSink<Response>) {
    self.sink = sink
  }

  /// Waits while the peer does not read. Throws `RPCError` once the call has ended: cancelled by the caller,
  /// past its deadline, or disconnected.
  package func write(_ response: Response) async throws {
    try await sink.write(response)
  }
}

/// Where a ``ResponseWriter`` puts its elements: a pipe in process, a stream of a connection otherwise.
protocol ResponseSink<Response>: Sendable {
  associatedtype Response: RPCMessage

  func write(_ response: Response) async throws
}
