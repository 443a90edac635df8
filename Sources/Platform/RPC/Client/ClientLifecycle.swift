import NIOCore

/// When a client's connection is probed and closed. Pure: time comes in, decisions come out.
struct ClientLifecycle {
  enum Step: Equatable {
    case nothing
    case sendPing
    case close(reason: String)
  }

  private let configuration: ClientConfiguration
  private var calls = 0
  private var heard = false
  private var lastHeard: NIODeadline
  private var pingSent: NIODeadline?
  private var drainsUntil: NIODeadline?

  init(configuration: ClientConfiguration, now: NIODeadline) {
    self.configuration = configuration
    self.lastHeard = now
  }

  /// A frame came in. Only a note: the time of it is taken at the next tick.
  mutating func heardFromPeer() {
    heard = true
  }

  mutating func callsChanged(_ count: Int) {
    calls = count
  }

  mutating func drain(until deadline: NIODeadline) {
    drainsUntil = deadline
  }

  /// What is due by now. Called every so often.
  mutating func tick(now: NIODeadline) -> Step {
    if heard {
      heard = false
      lastHeard = now
      pingSent = nil
    }
    if let drainsUntil, now >= drainsUntil { return .close(reason: "drain timeout") }
    if let pingSent {
      let isLate = now - pingSent >= TimeAmount(configuration.keepaliveTimeout)
      return isLate ? .close(reason: "keepalive timeout") : .nothing
    }
    // Without calls nobody waits for the peer, and servers count such PINGs as an abuse.
    guard calls > 0 else {
      lastHeard = now
      return .nothing
    }
    if now - lastHeard >= TimeAmount(configuration.keepaliveInterval) {
      pingSent = now
      return .sendPing
    }
    return .nothing
  }
}
