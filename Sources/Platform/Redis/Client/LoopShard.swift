import NIOCore
import Synchronization

/// The connections of one event loop, and the calls that wait for the first of them. `@unchecked Sendable`: everything
/// mutable but `ready` is touched only on `eventLoop`.
final class LoopShard: CallTarget, @unchecked Sendable {
  enum Phase {
    /// Nothing has connected yet: calls wait for a while.
    case starting
    /// Calls find a connection or fail at once.
    case running
    case stopped
  }

  let eventLoop: any EventLoop
  let connectionCount: Int
  private let startWait: TimeAmount
  private let maximumWaiting: Int
  private let ready = Atomic<Bool>(false)
  private let measurements: RedisMetrics

  private var phase = Phase.starting
  private var connections: [RedisConnection] = []
  private var next = 0
  private var waiting: [PendingCall] = []
  private var lastFailure = RedisError.notConnected("not connected yet: is the client's run() called?")

  init(
    eventLoop: any EventLoop, connectionCount: Int, startWait: TimeAmount, maximumWaiting: Int,
    measurements: RedisMetrics
  ) {
    self.eventLoop = eventLoop
    self.connectionCount = connectionCount
    self.startWait = startWait
    self.maximumWaiting = maximumWaiting
    self.measurements = measurements
  }

  /// Whether there was a connection a moment ago. From any thread.
  var isReady: Bool { ready.load(ordering: .relaxed) }

  func submit(_ call: PendingCall) {
    // Round-robin over what can take a call; a connection that is closing is passed over.
    for _ in connections.indices {
      next = (next + 1) % connections.count
      if connections[next].acceptsCalls { return connections[next].submit(call) }
    }
    switch phase {
    case .starting: wait(call)
    case .running: call.fail(lastFailure.beforeSending())
    case .stopped: call.fail(RedisError.notConnected("the client has shut down"))
    }
  }

  private func wait(_ call: PendingCall) {
    // Only when it is full: a look at all of them for each new one would be quadratic.
    if waiting.count >= maximumWaiting { waiting.removeAll { !$0.isWaiting } }
    guard waiting.count < maximumWaiting else {
      return call.fail(RedisError.queueFull("\(waiting.count) commands wait for the first connection"))
    }
    waiting.append(call)
    let limit = min(call.deadline, .now() + startWait)
    eventLoop.scheduleTask(deadline: limit) { call.failUnsent(self.lastFailure) }
  }

  func attach(_ connection: RedisConnection) {
    eventLoop.assertInEventLoop()
    guard connection.acceptsCalls else { return }
    connection.onClose = { [weak self, weak connection] reason in
      if let connection { self?.detach(connection, reason) }
    }
    connections.append(connection)
    measurements.opened()
    phase = phase == .stopped ? .stopped : .running
    ready.store(true, ordering: .relaxed)
    let calls = waiting
    waiting = []
    for call in calls where call.isWaiting { submit(call) }
  }

  private func detach(_ connection: RedisConnection, _ reason: RedisError) {
    connections.removeAll { $0 === connection }
    measurements.closed()
    if connections.isEmpty { ready.store(false, ordering: .relaxed) }
    lastFailure = .notConnected("not connected: \(reason.message)")
  }

  /// A refused password is told to everybody at once: waiting would not help.
  func failed(_ error: RedisError) {
    lastFailure = error
    guard error.kind == .authentication else { return }
    for call in waiting { call.failUnsent(error) }
    waiting = []
  }

  /// From here on the start is over in `startWait`, connected or not. From any thread.
  func start() {
    eventLoop.scheduleTask(in: startWait) { self.endStart() }
  }

  /// From now on calls fail at once while there is no connection.
  private func endStart() {
    if phase == .starting { phase = .running }
    for call in waiting { call.failUnsent(lastFailure) }
    waiting = []
  }

  func stop() {
    endStart()
    phase = .stopped
    ready.store(false, ordering: .relaxed)
  }
}

extension PendingCall {
  fileprivate func failUnsent(_ error: RedisError) { fail(error.beforeSending()) }
}
