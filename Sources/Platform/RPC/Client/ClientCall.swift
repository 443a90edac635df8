import HTTP2
import NIOCore

/// Why a call failed, and whether its handler can have run.
struct CallFailure: Error {
  let error: RPCError
  /// The request was never sent, or the peer said that it did not look at it: safe to send again.
  var surelyDidNotRun = false
  /// False: it came to a connection that was closing already, of which there may be several one after the other.
  var wasSent = true
}

/// One call of a client on one connection.
///
/// `@unchecked Sendable`: everything mutable is touched only on the connection's event loop; the caller's task
/// hands the call to ``ClientConnection``, which gets to the loop first.
final class ClientCall: Expiring, @unchecked Sendable {
  typealias Waiter = UnsafeContinuation<Result<ByteBuffer?, CallFailure>, Never>

  enum Phase {
    /// Not sent yet: the connection has no free stream.
    case queued
    case open(streamID: Int)
    case ended
  }

  let path: String
  let metadata: Metadata
  /// The request with its prefix.
  let message: ByteBuffer
  let timeout: Duration?
  let created: NIODeadline
  let deadline: NIODeadline?
  let isStreaming: Bool

  var phase = Phase.queued
  var dueTime: NIODeadline?
  var receivedHeaders = false
  var reader: MessageReader
  /// Whole responses that nobody has taken yet.
  var responses = CircularBuffer<ByteBuffer>(initialCapacity: 1)
  var responseBytes = 0
  var inboundWindow = InboundBudget.initialWindow
  var end: Result<Void, CallFailure>?
  var waiter: Waiter?

  init(path: String, message: ByteBuffer, isStreaming: Bool, options: CallOptions, messageLimit: Int) {
    self.path = path
    self.metadata = options.metadata
    self.message = message
    self.isStreaming = isStreaming
    self.timeout = options.timeout.map { min(max($0, .zero), GRPCTimeout.longest) }
    self.created = .now()
    self.deadline = timeout.map { [created] in created + TimeAmount($0) }
    self.reader = MessageReader(limit: messageLimit)
  }

  /// The same call for another connection. Its deadline stays.
  init(repeating call: ClientCall) {
    self.path = call.path
    self.metadata = call.metadata
    self.message = call.message
    self.isStreaming = call.isStreaming
    self.timeout = call.timeout
    self.created = call.created
    self.deadline = call.deadline
    self.reader = MessageReader(limit: call.reader.limit)
  }

  /// Takes DATA of the answer; throws what the caller is told where it is not gRPC.
  func append(_ data: ByteBuffer) throws(RPCError) {
    reader.append(data)
    while true {
      let response: ByteBuffer?
      do {
        response = try reader.next()
      } catch {
        throw Self.refusal(of: error)
      }
      guard let response else { return }
      if !isStreaming, !responses.isEmpty {
        throw RPCError(.internal, "The answer has more than one message.")
      }
      responses.append(response)
      responseBytes += response.readableBytes
    }
  }

  /// How a call ends whose status is OK: a unary one has exactly one response.
  var completeness: Result<Void, CallFailure> {
    if reader.bufferedBytes > 0 {
      return .failure(CallFailure(error: RPCError(.internal, "The answer's message is truncated.")))
    }
    if !isStreaming, responses.isEmpty {
      return .failure(CallFailure(error: RPCError(.internal, "The answer has no message.")))
    }
    return .success(())
  }

  /// Answers the waiter where there is something to answer it with.
  func deliver() {
    guard waiter != nil, let result = takeNext() else { return }
    waiter.take()?.resume(returning: result)
  }

  /// nil where the caller has to wait. A unary response counts only with its status.
  func takeNext() -> Result<ByteBuffer?, CallFailure>? {
    if isStreaming || end != nil {
      if case .failure(let failure)? = end, !isStreaming { return .failure(failure) }
      if let response = responses.popFirst() {
        responseBytes -= response.readableBytes
        return .success(response)
      }
    }
    guard let end else { return nil }
    return end.map { nil }
  }

  private static func refusal(of failure: MessageReader.Failure) -> RPCError {
    switch failure {
    case .tooLong(let length):
      RPCError(.resourceExhausted, "The response of \(length) bytes is longer than this client takes.")
    case .compressed: RPCError(.internal, "The response is compressed, which was not asked for.")
    case .invalidFlag: RPCError(.internal, "The response's compressed flag is neither 0 nor 1.")
    }
  }
}
