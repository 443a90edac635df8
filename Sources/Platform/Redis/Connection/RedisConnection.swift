import NIOCore

/// One connection: writes requests, and gives replies to their callers in order. `@unchecked Sendable`: everything
/// mutable is touched only on `eventLoop`.
///
/// A reply belongs to the oldest request without one; nothing else in the protocol ties the two. Hence the rules: a
/// caller that gave up leaves its place in the queue, and anything unexpected closes the connection for everybody.
final class RedisConnection: CallTarget, @unchecked Sendable {
  struct Limits: Sendable {
    var pendingCommands: Int
    var unsentBytes: Int
    /// A caller has timed out and nothing at all has arrived for this long: the peer is gone.
    var silence: TimeAmount
  }

  private static let noBytes = ByteBuffer()

  let eventLoop: any EventLoop
  let limits: Limits
  let parser: ReplyParser

  /// Set while the channel is active.
  var context: ChannelHandlerContext?
  /// Completes when the channel is closed, or failed to open.
  var closed: EventLoopFuture<Void>
  /// Requests without a reply, oldest first.
  var pending = CircularBuffer<PendingCall>(initialCapacity: 64)
  var pendingCommands = 0
  var outbound: ByteBuffer
  var isFlushScheduled = false
  /// Calls so far, and how many of them have been handed to the channel.
  var submitted: UInt64 = 0
  var flushed: UInt64 = 0
  var timer: Scheduled<Void>?
  var timerDeadline = NIODeadline.distantFuture
  var lastProgress = NIODeadline.now()
  var isDraining = false
  /// Why nothing more can be sent.
  var closeReason: RedisError?
  /// Called once, before the callers that waited learn of it.
  var onClose: ((RedisError) -> Void)?

  init(eventLoop: any EventLoop, limits: Limits, replyLimits: ReplyLimits) throws(RedisError) {
    self.eventLoop = eventLoop
    self.limits = limits
    closed = eventLoop.makeSucceededVoidFuture()
    parser = try ReplyParser(limits: replyLimits)
    outbound = ByteBufferAllocator().buffer(capacity: 4096)
  }

  var acceptsCalls: Bool { context != nil && closeReason == nil && !isDraining }

  func submit(_ call: PendingCall) {
    eventLoop.assertInEventLoop()
    guard acceptsCalls else {
      return call.fail((closeReason ?? .notConnected("the connection is closing")).beforeSending())
    }
    guard pendingCommands + call.request.count <= limits.pendingCommands else {
      return call.fail(RedisError.queueFull("\(pendingCommands) commands are waiting for their replies"))
    }
    guard outbound.readableBytes <= limits.unsentBytes else {
      return call.fail(RedisError.queueFull("\(outbound.readableBytes) bytes wait for the server to read them"))
    }
    switch call.request {
    case .command(let command): command.write(to: &outbound)
    case .pipeline(let commands): for command in commands { command.write(to: &outbound) }
    }
    if pending.isEmpty { lastProgress = .now() }
    call.sequence = submitted
    submitted += 1
    pendingCommands += call.request.count
    pending.append(call)
    scheduleFlush()
    armTimer(for: call.deadline)
  }

  /// The flush runs after the tasks that are due now, so that all that they send leaves in one write.
  private func scheduleFlush() {
    guard !isFlushScheduled else { return }
    isFlushScheduled = true
    eventLoop.execute { self.flush() }
  }

  func flush() {
    isFlushScheduled = false
    // What an unwritable channel does not take stays here, where it is counted, until the peer reads.
    guard let context, outbound.readableBytes > 0, context.channel.isWritable else { return }
    flushed = submitted
    // Taken out before it is written: the write may make the channel writable, and that flushes again.
    let bytes = outbound
    outbound = Self.noBytes
    context.writeAndFlush(NIOAny(bytes), promise: nil)
    guard outbound.readableBytes == 0 else { return }
    // The same memory again, unless one exceptional request would pin its size for the connection's life.
    outbound = bytes.capacity > 256 * 1024 ? Self.noBytes : bytes
    outbound.clear()
  }

  /// Gives one reply to the caller that waits for it.
  func receive(_ reply: RESPValue) throws(RedisError) {
    guard let call = pending.first, call.sequence < flushed else {
      if case .error(let text) = reply { throw .protocolViolation("a reply that nobody asked for: \(text)") }
      throw .protocolViolation("a reply that nobody asked for")
    }
    pendingCommands -= 1
    if call.receive(reply) { pending.removeFirst() }
  }

  /// Closes at once. Callers get `reason`, with `mayHaveRun` false where nothing of their request was written.
  func close(_ reason: RedisError) {
    eventLoop.assertInEventLoop()
    guard closeReason == nil else { return }
    closeReason = reason
    timer?.cancel()
    timer = nil
    let waiting = pending
    pending.removeAll()
    pendingCommands = 0
    outbound.clear()
    let context = context.take()
    onClose.take()?(reason)
    for call in waiting { call.fail(call.sequence < flushed ? reason : reason.beforeSending()) }
    context?.close(promise: nil)
  }
}
