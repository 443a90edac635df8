import NIOCore
import NIOPosix
import Synchronization

extension HTTP2Client {
  package func unary<Request, Response>(
    _ method: MethodDescriptor<Request, Response>,
    _ request: Request,
    options: CallOptions
  ) async throws -> Response {
    var call = try makeCall(path: method.path, request, isStreaming: false, options)
    var attempt = 0
    while true {
      let connection = try await connection(until: call.deadline)
      switch await connection.start(call) {
      case .success(let bytes?):
        return try MessageFraming.decodeResponse(bytes)
      case .success(nil):
        throw RPCError(.internal, "The answer has no message.")
      case .failure(let failure):
        guard failure.surelyDidNotRun, attempt == 0 || !failure.wasSent, !Task.isCancelled else { throw failure.error }
        if failure.wasSent { attempt += 1 }
        call = ClientCall(repeating: call)
      }
    }
  }

  package func serverStreaming<Request, Response, Result: Sendable>(
    _ method: MethodDescriptor<Request, Response>,
    _ request: Request,
    options: CallOptions,
    body: (ResponseStream<Response>) async throws -> Result
  ) async throws -> Result {
    let call = try makeCall(path: method.path, request, isStreaming: true, options)
    let source = ClientStream<Response>(client: self, call: call)
    defer { source.cancel() }
    try await source.open()
    return try await body(ResponseStream(source))
  }

  private func makeCall(
    path: String, _ request: some RPCMessage, isStreaming: Bool, _ options: CallOptions
  ) throws -> ClientCall {
    if !options.metadata.isEmpty { try RequestHeaders.check(options.metadata) }
    let message: ByteBuffer
    do {
      message = try MessageFraming.frame(request)
    } catch {
      throw RPCError(.internal, "The request cannot be encoded.", cause: error)
    }
    return ClientCall(
      path: path, message: message, isStreaming: isStreaming, options: options,
      messageLimit: configuration.maxMessageBytes)
  }

  func connection(until deadline: NIODeadline?) async throws(RPCError) -> ClientConnection {
    if let connection = pool.pick(on: MultiThreadedEventLoopGroup.currentEventLoop) { return connection }
    return try await pool.wait(until: deadline, on: group.any())
  }
}

/// The responses of one call over the wire, on a second connection where the first surely did not run it.
final class ClientStream<Response: RPCMessage>: ResponseSource {
  private struct State {
    var call: ClientCall
    var connection: ClientConnection?
    var attempts = 0
    var isCancelled = false
  }

  private let client: HTTP2Client
  private let state: Mutex<State>

  init(client: HTTP2Client, call: ClientCall) {
    self.client = client
    self.state = Mutex(State(call: call))
  }

  /// Sends the request: the handler runs whether its responses are read yet or not.
  func open() async throws(RPCError) {
    let call = state.withLock { $0.call }
    let connection = try await client.connection(until: call.deadline)
    state.withLock { $0.connection = connection }
    connection.begin(call)
  }

  func next() async throws -> Response? {
    while true {
      let (call, connection, isCancelled) = state.withLock { ($0.call, $0.connection, $0.isCancelled) }
      guard !isCancelled, let connection else { throw RPCError.cancelled }
      switch await connection.next(call) {
      case .success(let bytes):
        return try bytes.map { try MessageFraming.decodeResponse($0) }
      case .failure(let failure):
        guard failure.surelyDidNotRun, !Task.isCancelled, prepareNextAttempt(call, failure) else { throw failure.error }
        try await open()
      }
    }
  }

  /// The body of the call has ended.
  func cancel() {
    let (call, connection) = state.withLock { state in
      state.isCancelled = true
      return (state.call, state.connection)
    }
    connection?.cancel(call)
  }

  private func prepareNextAttempt(_ call: ClientCall, _ failure: CallFailure) -> Bool {
    state.withLock { state in
      guard state.attempts == 0 || !failure.wasSent else { return false }
      if failure.wasSent { state.attempts += 1 }
      state.call = ClientCall(repeating: call)
      state.connection = nil
      return true
    }
  }
}
