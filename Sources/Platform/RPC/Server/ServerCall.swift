import HTTP2
import NIOCore

/// One call on a server's connection.
///
/// `@unchecked Sendable`: everything mutable is touched only on the connection's event loop; the handler's task
/// holds the call, and reaches it through ``ServerConnection``, which gets to the loop first.
final class ServerCall: Expiring, @unchecked Sendable {
  enum Phase {
    /// The request is on its way.
    case receiving
    /// The handler runs.
    case running
    /// The status is written, perhaps still queued behind DATA.
    case answered
  }

  typealias WriteContinuation = UnsafeContinuation<RPCError?, Never>

  let streamID: Int
  let method: RegisteredMethod
  let head: RequestHead
  let opened: NIODeadline
  let received: ContinuousClock.Instant

  var phase = Phase.receiving
  var reader: MessageReader
  /// The one message of the request, once it is whole.
  var request: ByteBuffer?
  /// All DATA of the request, for comparison with its content-length.
  private(set) var receivedBytes = 0
  var dueTime: NIODeadline?
  var task: Task<Void, Never>?
  var requestEnded = false
  var sentHeaders = false
  /// Response bytes that flow control holds back.
  var queuedBytes = 0
  /// Inbound window that the peer has left.
  var inboundWindow = InboundBudget.initialWindow
  /// A streaming handler that waits for room.
  var writers: [WriteContinuation] = []

  init(
    streamID: Int, method: RegisteredMethod, head: RequestHead, messageLimit: Int, opened: NIODeadline,
    received: ContinuousClock.Instant
  ) {
    self.streamID = streamID
    self.method = method
    self.head = head
    self.reader = MessageReader(limit: messageLimit)
    self.opened = opened
    self.received = received
  }

  /// Takes the DATA of a request. Throws what the caller is told about a request that is not exactly one message.
  func append(_ data: ByteBuffer) throws(RPCError) {
    receivedBytes += data.readableBytes
    reader.append(data)
    do {
      if request == nil { request = try reader.next() }
    } catch {
      throw Self.refusal(of: error)
    }
    if request != nil, reader.bufferedBytes > 0 {
      // INTERNAL as grpc-go answers; statuscodes.md names UNIMPLEMENTED, grpc C++ ignores the rest.
      throw RPCError(.internal, "The request has more than one message.")
    }
  }

  /// The request has ended. Throws where no whole message came.
  func takeRequest() throws(RPCError) -> ByteBuffer {
    requestEnded = true
    guard let message = request else {
      let wasCut = reader.bufferedBytes > 0
      throw RPCError(.internal, wasCut ? "The request's message is truncated." : "The request has no message.")
    }
    request = nil
    return message
  }

  /// Lets every waiting `write` return, with `error` where the call has ended.
  func resumeWriters(_ error: RPCError?) {
    guard !writers.isEmpty else { return }
    let waiting = writers
    writers.removeAll()
    for writer in waiting { writer.resume(returning: error) }
  }

  private static func refusal(of failure: MessageReader.Failure) -> RPCError {
    switch failure {
    case .tooLong(let length):
      RPCError(.resourceExhausted, "The request of \(length) bytes is longer than this server takes.")
    case .compressed: RPCError(.unimplemented, "Compression is not supported.")
    case .invalidFlag: RPCError(.internal, "The message's compressed flag is neither 0 nor 1.")
    }
  }
}
