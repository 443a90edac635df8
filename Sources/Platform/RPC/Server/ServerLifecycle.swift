import NIOCore

/// When a server's connection is probed, drained and closed. Pure: time comes in, decisions come out.
struct ServerLifecycle {
  enum Step: Equatable {
    case nothing
    case sendPing(UInt64)
    /// Announce the end (GOAWAY with the highest stream id), with a PING to learn when the peer knows.
    case announceEnd(ping: UInt64)
    /// No call that the peer starts from now on is taken (GOAWAY with the last stream id).
    case refuseNewCalls
    case close(reason: String)
  }

  private enum Phase {
    case handshake(until: NIODeadline)
    case open
    /// The end is announced; calls that cross the announcement are still taken.
    case announced(acknowledgeBy: NIODeadline, until: NIODeadline)
    case draining(until: NIODeadline)
    case closed
  }

  private static let keepalivePing: UInt64 = 0x6b65_6570_616c_6976
  private static let drainPing: UInt64 = 0x6472_6169_6e70_696e
  /// How long calls may still arrive after the end was announced.
  private static let announcementTime = TimeAmount.seconds(1)

  private let limits: ServerLimits
  private var phase: Phase
  private var calls = 0
  private var idleSince: NIODeadline
  private let agesAt: NIODeadline?
  private var heard = false
  private var lastHeard: NIODeadline
  private var pingSent: NIODeadline?

  init(limits: ServerLimits, now: NIODeadline) {
    self.limits = limits
    self.phase = .handshake(until: now + TimeAmount(limits.handshakeTimeout))
    self.idleSince = now
    self.lastHeard = now
    self.agesAt = limits.maxAge.map { age in
      // Spread over a tenth: connections that began together do not end together.
      now + TimeAmount(age) + TimeAmount(age * Int.random(in: 0...100) / 1000)
    }
  }

  /// A frame came in. Only a note: the time of it is taken at the next tick.
  mutating func heardFromPeer() {
    heard = true
  }

  mutating func receivedSettings() {
    heard = true
    if case .handshake = phase { phase = .open }
  }

  mutating func callsChanged(_ count: Int, now: NIODeadline) {
    if count == 0, calls > 0 { idleSince = now }
    calls = count
  }

  mutating func receivedPingAcknowledgement(_ data: UInt64, now: NIODeadline) -> Step {
    heard = true
    pingSent = nil
    guard data == Self.drainPing, case .announced(_, let until) = phase else { return .nothing }
    phase = .draining(until: until)
    return .refuseNewCalls
  }

  /// Ends the connection once its calls have ended, after `drainTimeout` at the latest.
  mutating func drain(now: NIODeadline) -> Step {
    switch phase {
    // One whose SETTINGS are still on their way may send a call with them.
    case .handshake, .open:
      phase = .announced(
        acknowledgeBy: now + Self.announcementTime, until: now + TimeAmount(limits.drainTimeout))
      return .announceEnd(ping: Self.drainPing)
    case .announced, .draining, .closed:
      return .nothing
    }
  }

  /// What is due by now. Called every so often, and when the last call has ended.
  mutating func tick(now: NIODeadline) -> Step {
    if heard {
      heard = false
      lastHeard = now
      pingSent = nil
    }
    switch phase {
    case .handshake(let until):
      return now >= until ? close("handshake timeout") : .nothing
    case .open:
      return tickWhileOpen(now)
    case .announced(let acknowledgeBy, let until):
      guard now >= acknowledgeBy else { return .nothing }
      phase = .draining(until: until)
      return .refuseNewCalls
    case .draining(let until):
      if calls == 0 { return close("drained") }
      return now >= until ? close("drain timeout") : .nothing
    case .closed:
      return .nothing
    }
  }

  private mutating func tickWhileOpen(_ now: NIODeadline) -> Step {
    if let pingSent {
      return now - pingSent >= TimeAmount(limits.keepaliveTimeout) ? close("keepalive timeout") : .nothing
    }
    if let agesAt, now >= agesAt { return drain(now: now) }
    if let idleTimeout = limits.idleTimeout, calls == 0, now - idleSince >= TimeAmount(idleTimeout) {
      return drain(now: now)
    }
    if now - lastHeard >= TimeAmount(limits.keepaliveInterval) {
      pingSent = now
      return .sendPing(Self.keepalivePing)
    }
    return .nothing
  }

  private mutating func close(_ reason: String) -> Step {
    phase = .closed
    return .close(reason: reason)
  }
}
