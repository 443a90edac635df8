import NIOCore

/// Keepalive and the bounded end of a connection; ``ClientLifecycle`` decides, this carries it out.
extension ClientConnection {
  func heardFromPeer() {
    lifecycle.heardFromPeer()
  }

  func receivedPingAcknowledgement(_ data: UInt64) {}

  func lifecycleStep() {
    switch lifecycle.tick(now: .now()) {
    case .nothing:
      break
    case .sendPing:
      engine?.ping(0x6b65_6570_616c_6976)
      engine?.flush()
    case .close(let reason):
      logger.debug("RPC connection closed", metadata: ["peer": "\(peer)", "reason": "\(reason)"])
      engine?.close()
    }
  }
}
