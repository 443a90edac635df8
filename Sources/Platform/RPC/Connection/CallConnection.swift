import HTTP2
import NIOCore

/// What both ends of a connection do alike for their calls. All on its event loop.
protocol CallConnection: HTTP2Connection, Sendable {
  associatedtype Call: Expiring

  var eventLoop: any EventLoop { get }
  /// Set right after the engine is made around this connection; gone when the connection is closed.
  var engine: HTTP2Engine? { get set }
  var upkeep: ConnectionUpkeep<Call> { get set }

  /// The deadline of `call` has passed.
  func expired(_ call: Call)
  /// Called every so often.
  func lifecycleStep()
}

/// What ``CallConnection`` needs to remember.
struct ConnectionUpkeep<Call: Expiring> {
  fileprivate(set) var deadlines = DeadlineQueue<Call>()
  fileprivate var deadlineTimer: DeadlineTimer?
  fileprivate var lifecycleTimer: RepeatedTask?
  fileprivate var isFlushScheduled = false

  mutating func removeDeadline(of call: Call) { deadlines.remove(call) }

  func stop() {
    lifecycleTimer?.cancel()
    deadlineTimer?.cancel()
  }
}

extension CallConnection {
  /// Runs `body` on the connection's event loop: now where that is the current thread.
  func onLoop(_ body: @escaping @Sendable () -> Void) {
    if eventLoop.inEventLoop { body() } else { eventLoop.execute(body) }
  }

  /// Adds the engine to a channel whose socket, and TLS, are ready.
  func beginHTTP2(_ side: HTTP2Engine.Side, on channel: any Channel) throws {
    let engine = HTTP2Engine(self, side: side, channel: channel)
    self.engine = engine
    try channel.pipeline.syncOperations.addHandler(engine)
  }

  /// One flush for everything that is written in this turn of the event loop.
  func scheduleFlush() {
    guard let engine, !engine.isReading, !upkeep.isFlushScheduled else { return }
    upkeep.isFlushScheduled = true
    eventLoop.execute {
      self.upkeep.isFlushScheduled = false
      self.engine?.flush()
    }
  }

  func setDeadline(of call: Call, _ deadline: NIODeadline) {
    upkeep.deadlines.insert(call, deadline: deadline)
    armDeadlineTimer()
  }

  private func armDeadlineTimer() {
    guard let next = upkeep.deadlines.next else { return }
    if upkeep.deadlineTimer == nil {
      upkeep.deadlineTimer = DeadlineTimer(eventLoop) { [weak self] in self?.deadlinesPassed() }
    }
    upkeep.deadlineTimer?.arm(for: next)
  }

  private func deadlinesPassed() {
    let now = NIODeadline.now()
    while let call = upkeep.deadlines.popExpired(now: now) { expired(call) }
    armDeadlineTimer()
  }

  /// Often enough for the shortest limit, rarely enough to cost nothing while a thousand connections idle.
  func startLifecycle(forLimit shortest: Duration) {
    let amount = max(TimeAmount(min(shortest / 4, .milliseconds(500))), .milliseconds(10))
    upkeep.lifecycleTimer = eventLoop.scheduleRepeatedTask(initialDelay: amount, delay: amount) { [weak self] _ in
      self?.lifecycleStep()
    }
  }
}
