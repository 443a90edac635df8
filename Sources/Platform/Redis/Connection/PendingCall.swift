import NIOCore

/// One request on its way, and the task that waits for it. `@unchecked Sendable`: what is mutable is touched only on
/// the event loop that the call was submitted to.
final class PendingCall: @unchecked Sendable {
  /// One command, or several in one write whose replies come back as one array.
  enum Request: Sendable {
    case command(RedisCommand)
    case pipeline([RedisCommand])

    var count: Int {
      switch self {
      case .command: 1
      case .pipeline(let commands): commands.count
      }
    }
  }

  let request: Request
  let deadline: NIODeadline
  /// Position on its connection, to tell what has been written from what has not.
  var sequence: UInt64 = 0

  /// Unsafe means unchecked, not unsound: `finish` takes it out before it resumes, so it is resumed at most once, and
  /// every path that drops a call finishes it first. The checked kind costs an allocation a command.
  private var continuation: UnsafeContinuation<RESPValue, any Error>?
  private var isAbandoned = false
  private var replies: [RESPValue] = []
  private var missing: Int

  init(_ request: Request, deadline: NIODeadline) {
    self.request = request
    self.deadline = deadline
    missing = request.count
  }

  /// False once the caller has its answer: a late reply is then consumed and dropped.
  var isWaiting: Bool { continuation != nil }

  /// Returns false where the caller was cancelled before it got here; it has then been answered.
  func begin(_ continuation: UnsafeContinuation<RESPValue, any Error>) -> Bool {
    guard !isAbandoned else {
      continuation.resume(throwing: CancellationError())
      return false
    }
    self.continuation = continuation
    return true
  }

  /// Takes the next reply; true when it was the last.
  func receive(_ reply: RESPValue) -> Bool {
    missing -= 1
    switch request {
    case .command: finish(.success(reply))
    case .pipeline:
      if isWaiting { replies.append(reply) }
      if missing == 0 { finish(.success(.array(replies))) }
    }
    return missing <= 0
  }

  func fail(_ error: any Error) { finish(.failure(error)) }

  func cancel() {
    isAbandoned = true
    finish(.failure(CancellationError()))
  }

  private func finish(_ result: Result<RESPValue, any Error>) {
    guard let continuation = continuation.take() else { return }
    continuation.resume(with: result)
  }
}

/// Where a call can be put: a connection, or what chooses among several.
protocol CallTarget: AnyObject, Sendable {
  var eventLoop: any EventLoop { get }
  /// On `eventLoop` only. Finishes the call sooner or later, whatever happens.
  func submit(_ call: PendingCall)
}

extension CallTarget {
  /// Waits for the reply. A caller that runs on this target's event loop submits directly, any other by one hop.
  /// Throws `RedisError`, or `CancellationError` as soon as the task is cancelled.
  func perform(_ request: PendingCall.Request, deadline: NIODeadline) async throws -> RESPValue {
    let call = PendingCall(request, deadline: deadline)
    return try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        if eventLoop.inEventLoop {
          if call.begin(continuation) { submit(call) }
        } else {
          eventLoop.execute {
            if call.begin(continuation) { self.submit(call) }
          }
        }
      }
    } onCancel: {
      eventLoop.execute { call.cancel() }
    }
  }
}
