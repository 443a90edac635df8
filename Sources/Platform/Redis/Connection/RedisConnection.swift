import NIOCore

/// One connection: writes requests, and gives replies to their callers, as its ``RequestQueue`` says.
/// `@unchecked Sendable`: everything mutable is touched only on `eventLoop`.
final class RedisConnection: CallTarget, @unchecked Sendable {
  let eventLoop: any EventLoop
  let parser: ReplyParser
  private(set) var queue: RequestQueue

  /// Set while the channel is active.
  private var context: ChannelHandlerContext?
  /// Completes when the channel is closed, or failed to open.
  private(set) var closed: EventLoopFuture<Void>
  private var isFlushScheduled = false
  /// One timer per connection, not per command: it is set for the earliest deadline and left alone while later ones are
  /// added, so under load it fires about once per time-out.
  private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
  /// Called once, before the callers that waited learn of it.
  var onClose: ((RedisError) -> Void)?

  init(eventLoop: any EventLoop, limits: RequestQueue.Limits, replyLimits: ReplyLimits) throws(RedisError) {
    self.eventLoop = eventLoop
    closed = eventLoop.makeSucceededVoidFuture()
    parser = try ReplyParser(limits: replyLimits)
    queue = RequestQueue(limits: limits, now: .now())
  }

  var acceptsCalls: Bool { context != nil && queue.acceptsCalls }

  func submit(_ call: PendingCall) {
    eventLoop.assertInEventLoop()
    guard context != nil || queue.closeReason != nil else {
      return call.fail(RedisError.notConnected("the connection is closing").beforeSending())
    }
    if let refusal = queue.submit(call, now: .now()) { return call.fail(refusal) }
    scheduleFlush()
    armTimer(for: call.deadline)
  }

  /// The flush runs after the tasks that are due now, so that all that they send leaves in one write.
  private func scheduleFlush() {
    guard !isFlushScheduled else { return }
    isFlushScheduled = true
    eventLoop.execute { self.flush() }
  }

  private func flush() {
    isFlushScheduled = false
    // What an unwritable channel does not take stays in the queue, where it is counted, until the peer reads.
    guard let context, queue.hasBytes, context.channel.isWritable else { return }
    // Taken out before it is written: the write may make the channel writable, and that flushes again.
    let bytes = queue.takeBytes()
    context.writeAndFlush(NIOAny(bytes), promise: nil)
    queue.giveBack(bytes)
  }

  func receive(_ reply: RESPValue) throws(RedisError) { try queue.receive(reply) }

  private func armTimer(for deadline: NIODeadline) {
    if let timer {
      guard deadline < timer.deadline else { return }
      timer.task.cancel()
    }
    timer = (deadline, eventLoop.scheduleTask(deadline: deadline) { self.timerFired() })
  }

  private func timerFired() {
    timer = nil
    switch queue.sweep(now: .now()) {
    case .next(let next): if let next { armTimer(for: next) }
    case .close(let reason): close(reason)
    }
  }

  /// Takes no more calls, and closes when the last reply is there or at `deadline`.
  func drain(until deadline: NIODeadline) {
    guard queue.drain() else { return }
    let reason = RedisError(.connectionLost, "the client is shutting down", mayHaveRun: true)
    if queue.isDrained { return close(reason) }
    eventLoop.scheduleTask(deadline: deadline) { self.close(reason) }
  }

  /// Closes at once.
  func close(_ reason: RedisError) {
    eventLoop.assertInEventLoop()
    guard let waiting = queue.close(reason) else { return }
    timer?.task.cancel()
    timer = nil
    let context = context.take()
    onClose.take()?(reason)
    for (call, error) in waiting { call.fail(error) }
    context?.close(promise: nil)
  }
}

extension RedisConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  func handlerAdded(context: ChannelHandlerContext) {
    closed = context.channel.closeFuture
    if context.channel.isActive { self.context = context }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    close(.init(.connectionLost, "the connection was lost", mayHaveRun: true))
  }

  func channelActive(context: ChannelHandlerContext) {
    if queue.closeReason == nil { self.context = context }
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard queue.closeReason == nil else { return }
    queue.heardFromServer(now: .now())
    let bytes = unwrapInboundIn(data)
    do {
      try bytes.withUnsafeReadableBytes { try parser.feed($0, receive) }
      if queue.isDrained { close(.notConnected("the client is shutting down")) }
    } catch let error as RedisError {
      close(error)
    } catch {
      close(.protocolViolation("\(error)"))
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { flush() }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    let place = parser.isInsideReply ? " in the middle of a reply" : ""
    close(.init(.connectionLost, "the server closed the connection\(place)", mayHaveRun: true))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    close(.init(.connectionLost, "the connection was lost: \(error)", mayHaveRun: true))
    context.close(promise: nil)
  }
}

extension NIODeadline {
  /// Throws where there is no time left: nothing has been sent then. An hour at most.
  init(timeout: Duration) throws(RedisError) {
    guard timeout > .zero else { throw RedisError(.timedOut, "the deadline has passed", mayHaveRun: false) }
    self = .now() + TimeAmount(min(timeout, .seconds(3600)))
  }
}
