/// Both ends of a streaming call in one process: the handler's sink and the caller's source.
struct DirectStream<Response: RPCMessage>: ResponseSink, ResponseSource {
  /// How many responses a handler is ahead of its reader at most.
  private static var capacity: Int { 16 }

  private let pipe = MessagePipe<Response>(capacity: capacity)

  func write(_ response: Response) async throws {
    try await pipe.write(response)
  }

  func next() async throws -> Response? {
    try await pipe.next()
  }

  func finish(_ end: Result<Void, RPCError>) {
    pipe.finish(end)
  }
}
