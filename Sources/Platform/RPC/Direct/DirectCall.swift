import NIOCore
import NIOPosix
import Synchronization

/// One handler running on its caller's thread in a task of its own, so that a deadline can cancel it alone.
///
/// The first of these ends the call: the handler returns or throws, the deadline passes, the caller is cancelled.
/// In the last two the handler's task is cancelled, and the caller does not wait for it.
///
/// Not generic over the response: callers are not specialized for it, and each generic type that they touched would
/// cost a look-up of its metadata, which all together took longer than the rest of the call.
final class DirectCall: Sendable {
  private struct State {
    /// nil while the call runs; what it ended with, success being nil.
    var end: RPCError??
    var waiter: UnsafeContinuation<Void, Never>?
    var task: Task<Void, Never>?
    var timer: Scheduled<Void>?
  }

  private let state = Mutex(State())
  /// Runs once, with what the call ended with.
  private let onEnd: (@Sendable (RPCError?) -> Void)?

  private init(onEnd: (@Sendable (RPCError?) -> Void)?) {
    self.onEnd = onEnd
  }

  /// Starts `handler`, and returns when it has ended or first suspends.
  static func start(
    _ context: CallContext,
    onEnd: (@Sendable (RPCError?) -> Void)? = nil,
    _ handler: @escaping @Sendable () async throws -> Void
  ) -> DirectCall {
    let call = DirectCall(onEnd: onEnd)
    if let deadline = context.deadline, deadline <= context.received {
      call.end(.deadlineExceeded)
      return call
    }
    let task = Task.immediate(executorPreference: EventLoopTaskExecutor.current) {
      do {
        try await handler()
        call.end(nil)
      } catch {
        call.end(RPCError(reporting: error))
      }
    }
    call.supervise(task, until: context.deadline)
    return call
  }

  /// Waits for the end of the call; cancelling the waiter cancels the call. Throws what the call ended with.
  func wait() async throws(RPCError) {
    if let end = state.withLock({ $0.end }) {
      if let error = end { throw error }
      return
    }
    await withTaskCancellationHandler {
      await withUnsafeContinuation { waiter in
        let hasEnded = state.withLock { state in
          if state.end == nil { state.waiter = waiter }
          return state.end != nil
        }
        if hasEnded { waiter.resume() }
      }
    } onCancel: {
      cancel(with: .cancelled)
    }
    if let end = state.withLock({ $0.end }), let error = end { throw error }
  }

  /// Ends the call for its caller and cancels the handler's task.
  func cancel(with error: RPCError) {
    end(error)
    state.withLock { $0.task }?.cancel()
  }

  private func end(_ error: RPCError?) {
    let (isFirst, waiter, timer) = state.withLock { state in
      guard state.end == nil else { return (false, UnsafeContinuation<Void, Never>?.none, Scheduled<Void>?.none) }
      state.end = .some(error)
      return (true, state.waiter.take(), state.timer.take())
    }
    guard isFirst else { return }
    timer?.cancel()
    onEnd?(error)
    waiter?.resume()
  }

  /// Only for a handler that suspended: most of the cost of a deadline is its timer.
  private func supervise(_ task: Task<Void, Never>, until deadline: ContinuousClock.Instant?) {
    let hasEnded = state.withLock { state in
      state.task = task
      return state.end != nil
    }
    guard !hasEnded, let deadline else { return }
    let delay = TimeAmount(ContinuousClock.now.duration(to: deadline))
    let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? MultiThreadedEventLoopGroup.singleton.next()
    let timer = loop.scheduleTask(in: delay) { self.cancel(with: .deadlineExceeded) }
    let isLate = state.withLock { state in
      if state.end == nil { state.timer = timer }
      return state.end != nil
    }
    if isLate { timer.cancel() }
  }
}

/// Where a handler of the direct binding leaves its response.
///
/// `@unchecked Sendable`: written by the handler before it ends its ``DirectCall``, read after that, never both.
final class DirectResponse<Response: RPCMessage>: @unchecked Sendable {
  private var response: Response?

  func set(_ response: Response) {
    self.response = response
  }

  func take() throws(RPCError) -> Response {
    guard let response = response.take() else { throw .cancelled }
    return response
  }
}
