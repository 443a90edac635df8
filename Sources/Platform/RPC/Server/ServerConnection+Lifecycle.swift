import NIOCore

/// Handshake, keepalive, idleness, age and shutdown; ``ServerLifecycle`` decides, this carries it out.
extension ServerConnection {
  func heardFromPeer() {
    lifecycle.heardFromPeer()
  }

  func receivedSettings(maxConcurrentStreams: Int?) {
    lifecycle.receivedSettings()
  }

  func receivedPingAcknowledgement(_ data: UInt64) {
    perform(lifecycle.receivedPingAcknowledgement(data, now: .now()))
    lifecycleStep()
  }

  /// Graceful shutdown: the peer is told, calls in flight finish within `drainTimeout`.
  func drain() {
    perform(lifecycle.drain(now: .now()))
  }

  func lifecycleStep() {
    perform(lifecycle.tick(now: .now()))
  }

  private func perform(_ step: ServerLifecycle.Step) {
    switch step {
    case .nothing:
      return
    case .sendPing(let data):
      engine?.ping(data)
    case .announceEnd(let ping):
      engine?.announceEnd()
      engine?.ping(ping)
    case .refuseNewCalls:
      engine?.goAway(.noError)
      // With no call left, the next step closes.
      if calls.isEmpty { eventLoop.execute { self.lifecycleStep() } }
    case .close(let reason):
      logger.debug("RPC connection closed", metadata: ["peer": "\(peer)", "reason": "\(reason)"])
      close()
      return
    }
    engine?.flush()
  }
}
