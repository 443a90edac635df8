import NIOCore
import NIOHTTP1

/// Holds a connection to HTTP/1.1 and to the gateway's limits, between the HTTP codec and everything else:
/// deadlines for each phase, refusal of what is no HTTP or too much of it, and an orderly end.
///
/// What cannot be read is answered by way of ``ClientConnection``, so that answers keep their order: an ``APIError`` goes
/// inward as an error, and comes back when those before it are answered.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let limits: GatewayLimits
  private var state: ConnectionState
  private var timer: (scheduled: Scheduled<Void>, deadline: NIODeadline)?
  /// Whether this read brought a part of a request.
  private var hasReadPart = false
  private var bodyBytes = 0
  /// Why nothing more is read.
  private var refusal: APIError?
  /// The client or a shutdown wants no request after those already read.
  private var isLastRequest = false
  private var isLastAnswer = false
  /// The answer being written comes as it happens.
  private var isStreaming = false

  init(limits: GatewayLimits) {
    self.limits = limits
    state = ConnectionState(limits: limits, openedAt: .now())
  }

  func handlerAdded(context: ChannelHandlerContext) { updateTimer(context) }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.scheduled.cancel()
    timer = nil
  }
}

// MARK: Inbound

extension ConnectionHandler {
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    hasReadPart = true
    guard !state.isLingering, refusal == nil else { return discard(unwrapInboundIn(data), context) }
    switch unwrapInboundIn(data) {
    case .head(let head):
      guard !isLastRequest else { return }
      state.receivedHead(at: context.eventLoop.now)
      bodyBytes = 0
      let facts = RequestHeadFacts(head)
      guard facts.namesOneHost else { return refuse(.malformedRequest, context) }
      if facts.isLastRequest { isLastRequest = true }
      if facts.expectsContinue, facts.contentLength <= limits.bodyBytes, state.unanswered == 1 { sendContinue(context) }
    case .body(let bytes):
      // What follows the last request is nobody's.
      guard state.reading == .body else { return }
      bodyBytes += bytes.readableBytes
      // Nobody waits for it any more, or somebody would have refused it by now.
      if bodyBytes > limits.bodyBytes, state.unanswered == 0 { return linger(context) }
    case .end:
      guard state.reading == .body else { return }
      state.receivedEnd(at: context.eventLoop.now)
      updateTimer(context)
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if !hasReadPart { state.receivedBytes(at: context.eventLoop.now) }
    hasReadPart = false
    // Most requests come whole: only the header and body of one that did not are timed.
    if state.reading != .nothing { updateTimer(context) }
    context.fireChannelReadComplete()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
    refuse(error == .headerOverflow ? .headerTooLarge : .malformedRequest, context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent:
      isLastRequest = true
      if state.unanswered == 0 { context.close(promise: nil) }
    case ChannelEvent.inputClosed where state.isLingering:
      context.close(promise: nil)
    default:
      context.fireUserInboundEventTriggered(event)
    }
  }

  /// Reads what a client still sends, so that it comes to reading its answer; but not for ever.
  private func discard(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    guard state.isLingering, case .body(let bytes) = part else { return }
    bodyBytes += bytes.readableBytes
    if bodyBytes > limits.lingerBytes { context.close(promise: nil) }
  }

  /// Stops reading. ``ClientConnection`` answers once it has answered what came before.
  private func refuse(_ refusal: APIError, _ context: ChannelHandlerContext) {
    guard self.refusal == nil, !state.isLingering else { return }
    self.refusal = refusal
    state.refused(at: context.eventLoop.now)
    updateTimer(context)
    context.fireErrorCaught(refusal)
  }

  private func sendContinue(_ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
  }
}

// MARK: Outbound

extension ConnectionHandler {
  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      write(head, context, promise)
    case .body:
      // The deadline only moves away: the timer finds out when it fires.
      if isStreaming { state.streamed(at: context.eventLoop.now) }
      context.write(data, promise: promise)
    case .end:
      state.answered(at: context.eventLoop.now)
      guard isLastAnswer else {
        updateTimer(context)
        return context.write(data, promise: promise)
      }
      context.writeAndFlush(data, promise: promise)
      linger(context)
    }
  }

  private func write(_ head: HTTPResponseHead, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
    var head = head
    isStreaming = head.headers.first(name: "content-type")?.hasPrefix("text/event-stream") ?? false
    isLastAnswer = head.headers.contains(name: "connection") || (isLastRequest && state.unanswered <= 1)
    if isLastAnswer { head.headers.replaceOrAdd(name: "connection", value: "close") }
    context.write(wrapOutboundOut(.head(head)), promise: promise)
  }

  /// Ends the connection so that the last answer arrives: closing at once would reset it, and drop the answer, if the
  /// client were still sending.
  private func linger(_ context: ChannelHandlerContext) {
    guard !state.isLingering else { return }
    state.linger(from: context.eventLoop.now)
    context.close(mode: .output, promise: nil)
    updateTimer(context)
  }
}

// MARK: Deadlines

extension ConnectionHandler {
  /// Sees to it that the timer fires no later than the deadline. A later deadline waits until it fires: most pass
  /// long before, and a timer for each of them would cost more than the rest of this handler.
  private func updateTimer(_ context: ChannelHandlerContext) {
    if let timer {
      guard state.deadline < timer.deadline else { return }
      timer.scheduled.cancel()
    }
    let deadline = state.deadline
    let scheduled = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      self.timer = nil
      self.timerFired(context)
    }
    timer = (scheduled, deadline)
  }

  private func timerFired(_ context: ChannelHandlerContext) {
    guard context.eventLoop.now >= state.deadline else { return updateTimer(context) }
    switch state.expiry {
    case .answerTimeout where refusal == nil:
      refuse(.tooSlow, context)
    case .answerTimeout, .close:
      context.close(promise: nil)
    }
  }
}
