import NIOCore

/// What a connection knows of its requests, apart from the channel. Pure: replies and the time come in, decisions come
/// out.
///
/// A reply belongs to the oldest request without one; nothing else in the protocol ties the two. Hence the rules: a
/// caller that gave up leaves its place in the queue, and anything unexpected closes the connection for everybody.
struct RequestQueue {
  struct Limits: Sendable {
    var pendingCommands: Int
    var unsentBytes: Int
    /// A caller has timed out and nothing at all has arrived for this long: the peer is gone.
    var silence: TimeAmount
  }

  /// What a look at the deadlines comes to.
  enum Sweep {
    /// nil: nothing is waited for.
    case next(NIODeadline?)
    case close(RedisError)
  }

  private static let noBytes = ByteBuffer()

  private let limits: Limits
  /// Requests without a reply, oldest first.
  private var pending = CircularBuffer<PendingCall>(initialCapacity: 64)
  private var pendingCommands = 0
  /// Written, and not handed to the channel yet.
  private var outbound = ByteBufferAllocator().buffer(capacity: 4096)
  /// Calls so far, and how many of them have been handed to the channel.
  private var submitted: UInt64 = 0
  private var flushed: UInt64 = 0
  private var lastProgress: NIODeadline
  private var isDraining = false
  /// Why nothing more can be sent.
  private(set) var closeReason: RedisError?

  init(limits: Limits, now: NIODeadline) {
    self.limits = limits
    lastProgress = now
  }

  var acceptsCalls: Bool { closeReason == nil && !isDraining }
  /// The last reply that a connection which takes no more calls waited for is there.
  var isDrained: Bool { isDraining && pending.isEmpty }
  var hasBytes: Bool { outbound.readableBytes > 0 }

  /// Puts a call in line; or says why not.
  mutating func submit(_ call: PendingCall, now: @autoclosure () -> NIODeadline) -> RedisError? {
    guard acceptsCalls else { return (closeReason ?? .notConnected("the connection is closing")).beforeSending() }
    guard pendingCommands + call.request.count <= limits.pendingCommands else {
      return .queueFull("\(pendingCommands) commands are waiting for their replies")
    }
    guard outbound.readableBytes <= limits.unsentBytes else {
      return .queueFull("\(outbound.readableBytes) bytes wait for the server to read them")
    }
    switch call.request {
    case .command(let command): command.write(to: &outbound)
    case .pipeline(let commands): for command in commands { command.write(to: &outbound) }
    }
    if pending.isEmpty { lastProgress = now() }
    call.sequence = submitted
    submitted += 1
    pendingCommands += call.request.count
    pending.append(call)
    return nil
  }

  /// Takes all that is to be written. Give the buffer back once it is.
  mutating func takeBytes() -> ByteBuffer {
    flushed = submitted
    defer { outbound = Self.noBytes }
    return outbound
  }

  /// The same memory again, unless one exceptional request would pin its size for the connection's life.
  mutating func giveBack(_ bytes: ByteBuffer) {
    guard outbound.readableBytes == 0 else { return }
    outbound = bytes.capacity > 256 * 1024 ? Self.noBytes : bytes
    outbound.clear()
  }

  mutating func heardFromServer(now: NIODeadline) { lastProgress = now }

  /// Gives one reply to the caller that waits for it. What is thrown ends the connection.
  mutating func receive(_ reply: RESPValue) throws(RedisError) {
    guard let call = pending.first, call.sequence < flushed else {
      if case .error(let text) = reply { throw .protocolViolation("a reply that nobody asked for: \(text)") }
      throw .protocolViolation("a reply that nobody asked for")
    }
    pendingCommands -= 1
    if call.receive(reply) { pending.removeFirst() }
  }

  /// Fails those whose deadline has passed.
  func sweep(now: NIODeadline) -> Sweep {
    var next = NIODeadline.distantFuture
    for call in pending where call.isWaiting {
      if call.deadline <= now {
        call.fail(RedisError(.timedOut, "no reply within the deadline", mayHaveRun: true))
      } else {
        next = min(next, call.deadline)
      }
    }
    if let oldest = pending.first, !oldest.isWaiting {
      let silentUntil = lastProgress + limits.silence
      if silentUntil <= now {
        let seconds = limits.silence.nanoseconds / 1_000_000_000
        return .close(.init(.connectionLost, "the server has been silent for \(seconds) s", mayHaveRun: true))
      }
      next = min(next, silentUntil)
    }
    // Deadlines microseconds apart are one sweep.
    return .next(next < .distantFuture ? max(next, now + .milliseconds(1)) : nil)
  }

  /// Takes no more calls. False where it does not already.
  mutating func drain() -> Bool {
    guard acceptsCalls else { return false }
    isDraining = true
    return true
  }

  /// Nothing more is taken or sent. Returns who waits, and what each is to be told: `reason`, with `mayHaveRun` false
  /// where nothing of the request was written. nil: it was closed before.
  mutating func close(_ reason: RedisError) -> [(call: PendingCall, error: RedisError)]? {
    guard closeReason == nil else { return nil }
    closeReason = reason
    defer {
      pending.removeAll()
      pendingCommands = 0
      outbound.clear()
    }
    return pending.map { ($0, $0.sequence < flushed ? reason : reason.beforeSending()) }
  }
}
