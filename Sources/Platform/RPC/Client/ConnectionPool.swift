import NIOCore
import Synchronization

/// Which connections a client has, and what a call does while it has none.
///
/// A call takes a connection on its own event loop where there is one. Without any it waits while that can help:
/// during the first attempts, for the time of grace after the start, and while a lost connection is being replaced
/// for the first time; it fails at once (UNAVAILABLE) while attempts fail.
final class ConnectionPool: Sendable {
  private typealias Waiter = UnsafeContinuation<Result<ClientConnection, RPCError>, Never>

  private struct State {
    var ready: [ClientConnection] = []
    var byLoop: [ObjectIdentifier: [ClientConnection]] = [:]
    /// Open connections, those included that take no calls any more.
    var open: [ObjectIdentifier: ClientConnection] = [:]
    var turn = 0
    var wasEverReady = false
    /// Slots whose latest attempt failed.
    var failing: Set<Int> = []
    var lastError: (any Error)?
    var isShutDown = false
    var waiters: [Int: Waiter] = [:]
    var lastWaiterID = 0
  }

  private let state = Mutex(State())
  private let slots: Int
  private let maxWaiters: Int
  private let graceEnds: NIODeadline
  private let target: TargetList

  init(slots: Int, configuration: ClientConfiguration, target: TargetList) {
    self.slots = slots
    self.maxWaiters = configuration.maxWaitingCalls
    self.graceEnds = .now() + TimeAmount(configuration.startupGrace)
    self.target = target
  }

  /// A connection, without waiting; on `loop` where possible.
  func pick(on loop: (any EventLoop)?) -> ClientConnection? {
    state.withLock { Self.pick(&$0, on: loop) }
  }

  /// Waits for a connection until `deadline`, where waiting can help. Throws UNAVAILABLE or DEADLINE_EXCEEDED.
  func wait(until deadline: NIODeadline?, on timerLoop: any EventLoop) async throws(RPCError) -> ClientConnection {
    let id = state.withLock { state in
      state.lastWaiterID += 1
      return state.lastWaiterID
    }
    let timer = deadline.map { deadline in
      timerLoop.scheduleTask(deadline: deadline) { self.fail(waiter: id, .deadlineExceeded) }
    }
    defer { timer?.cancel() }
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { (waiter: Waiter) in
        let result: Result<ClientConnection, RPCError>? = state.withLock { state in
          if let connection = Self.pick(&state, on: nil) { return .success(connection) }
          if let error = reasonNotToWait(state) { return .failure(error) }
          if Task.isCancelled { return .failure(.cancelled) }
          if let deadline, deadline <= .now() { return .failure(.deadlineExceeded) }
          state.waiters[id] = waiter
          return nil
        }
        if let result { waiter.resume(returning: result) }
      }
    } onCancel: {
      fail(waiter: id, .cancelled)
    }
    return try result.get()
  }

  /// False where the client was shut down meanwhile.
  func opened(_ connection: ClientConnection, slot: Int) -> Bool {
    let waiters: [Waiter]? = state.withLock { state in
      if state.isShutDown { return nil }
      state.open[ObjectIdentifier(connection)] = connection
      state.ready.append(connection)
      state.byLoop[ObjectIdentifier(connection.eventLoop), default: []].append(connection)
      state.wasEverReady = true
      state.failing.remove(slot)
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters ?? [] { waiter.resume(returning: .success(connection)) }
    return waiters != nil
  }

  /// Takes no calls any more, but may have some in flight.
  func retired(_ connection: ClientConnection) {
    state.withLock { state in
      state.ready.removeAll { $0 === connection }
      state.byLoop[ObjectIdentifier(connection.eventLoop)]?.removeAll { $0 === connection }
    }
  }

  func closed(_ connection: ClientConnection) {
    retired(connection)
    state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(connection)) }
  }

  /// An attempt failed. Once no slot has hope left, those who wait are told.
  func failed(slot: Int, _ error: any Error) {
    let (waiters, refusal) = state.withLock { state -> ([Waiter], RPCError?) in
      state.failing.insert(slot)
      state.lastError = error
      guard let refusal = self.reasonNotToWait(state) else { return ([], nil) }
      defer { state.waiters = [:] }
      return (Array(state.waiters.values), refusal)
    }
    guard let refusal else { return }
    for waiter in waiters { waiter.resume(returning: .failure(refusal)) }
  }

  /// No call finds a connection from now on; returns those that are open.
  func shutDown() -> [ClientConnection] {
    let (open, waiters, error) = state.withLock { state in
      state.isShutDown = true
      state.ready = []
      state.byLoop = [:]
      let waiters = Array(state.waiters.values)
      state.waiters = [:]
      return (Array(state.open.values), waiters, reasonNotToWait(state))
    }
    for waiter in waiters { waiter.resume(returning: .failure(error ?? .cancelled)) }
    return open
  }

  private static func pick(_ state: inout State, on loop: (any EventLoop)?) -> ClientConnection? {
    state.turn &+= 1
    if let loop, let local = state.byLoop[ObjectIdentifier(loop)], !local.isEmpty {
      return local[Int(UInt(bitPattern: state.turn) % UInt(local.count))]
    }
    guard !state.ready.isEmpty else { return nil }
    return state.ready[Int(UInt(bitPattern: state.turn) % UInt(state.ready.count))]
  }

  /// Why a call without a connection should not wait, if so.
  private func reasonNotToWait(_ state: State) -> RPCError? {
    if state.isShutDown { return RPCError(.unavailable, "The client for \(target) is shut down.") }
    if state.failing.count == slots, state.wasEverReady || NIODeadline.now() >= graceEnds {
      return RPCError(.unavailable, "\(target) cannot be reached.", reason: "NOT_CONNECTED", cause: state.lastError)
    }
    if state.waiters.count >= maxWaiters {
      return RPCError(.unavailable, "Too many calls wait for \(target).", reason: "TOO_MANY_CALLS")
    }
    return nil
  }

  private func fail(waiter id: Int, _ error: RPCError) {
    let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
    waiter?.resume(returning: .failure(error))
  }
}
