/// The responses of one streaming call, in order; iteration throws ``RPCError``.
///
/// For one reader. At most a bounded number of responses (in process) or bytes (over the wire) is buffered, and
/// the peer waits while nobody reads.
package struct ResponseStream<Response: RPCMessage>: AsyncSequence {
  package typealias Element = Response

  private let source: any ResponseSource<Response>

  init(_ source: any ResponseSource<Response>) {
    self.source = source
  }

  package func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(source: source)
  }

  package struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let source: any ResponseSource<Response>

    package mutating func next() async throws -> Response? {
      try await source.next()
    }
  }
}

/// Where a ``ResponseStream`` takes its elements from: a pipe in process, a stream of a connection otherwise.
protocol ResponseSource<Response>: Sendable {
  associatedtype Response: RPCMessage

  /// nil after the last response. Throws `RPCError`.
  func next() async throws -> Response?
}
