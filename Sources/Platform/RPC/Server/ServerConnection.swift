import HTTP2
import Logging
import NIOCore
import NIOHPACK

/// The calls of one connection of a server.
///
/// `@unchecked Sendable`: everything mutable is touched only on `eventLoop`. Handlers' tasks prefer the loop as
/// their executor and so call back on it; ``onLoop(_:)`` brings back one that strayed.
final class ServerConnection: CallConnection, @unchecked Sendable {
  let table: MethodTable
  let limits: ServerLimits
  let logger: Logger
  let eventLoop: any EventLoop
  let peer: String
  var peerName: String?
  /// Succeeds when the connection is closed and no handler of it runs any more.
  let finished: EventLoopPromise<Void>
  private let channel: any Channel

  var engine: HTTP2Engine?
  var upkeep = ConnectionUpkeep<ServerCall>()
  var executor: EventLoopTaskExecutor?
  var calls: [Int: ServerCall] = [:]
  var inboundBudget: InboundBudget
  var resetGuard: ResetGuard
  var lifecycle: ServerLifecycle
  var queuedBytes = 0
  var runningHandlers = 0
  var isClosed = false

  init(table: MethodTable, limits: ServerLimits, logger: Logger, channel: any Channel) {
    let now = NIODeadline.now()
    self.table = table
    self.limits = limits
    self.logger = logger
    self.channel = channel
    self.eventLoop = channel.eventLoop
    self.peer = PeerAddress.describe(channel.remoteAddress)
    self.finished = eventLoop.makePromise()
    self.inboundBudget = InboundBudget(bytes: max(limits.inboundBudgetBytes, limits.maxMessageBytes * 2))
    self.resetGuard = ResetGuard(now: now)
    self.lifecycle = ServerLifecycle(limits: limits, now: now)
  }

  func opened() {
    executor = EventLoopTaskExecutor.current
  }

  /// Closes at the end of this turn of the event loop; TLS and HTTP/2 may not have begun.
  func close() {
    if let engine { engine.close() } else { channel.close(promise: nil) }
  }

  func failed(_ error: any Error) {
    logger.debug("RPC connection error", metadata: ["peer": "\(peer)", "error": "\(error)"])
  }

  func receivedGoAway(lastStreamID: Int, reason: HTTP2ErrorCode) {}

  func closed() {
    guard !isClosed else { return }
    isClosed = true
    engine = nil
    upkeep.stop()
    let open = calls
    calls.removeAll()
    for call in open.values { abandon(call, .cancelled) }
    finishIfDone()
  }

  /// The call ended without an answer of its handler: the handler's task is cancelled.
  func abandon(_ call: ServerCall, _ error: RPCError) {
    call.phase = .answered
    call.resumeWriters(error)
    call.task?.cancel()
  }

  func handlerEnded() {
    runningHandlers -= 1
    finishIfDone()
  }

  private func finishIfDone() {
    if isClosed, runningHandlers == 0 { finished.succeed(()) }
  }
}
