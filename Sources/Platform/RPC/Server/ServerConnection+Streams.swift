import HTTP2
import NIOCore

/// Deadlines, resets and the end of streams.
extension ServerConnection {
  /// From `grpc-timeout`, else the server's default; the latter bounds the arrival of every request.
  func setDeadline(of call: ServerCall) {
    guard let timeout = call.head.timeout ?? limits.defaultTimeout else { return }
    setDeadline(of: call, call.opened + TimeAmount(timeout))
  }

  func closed(streamID: Int, reason: HTTP2ErrorCode?) {
    guard let call = calls.removeValue(forKey: streamID) else { return }
    queuedBytes -= call.queuedBytes
    if call.phase != .answered { abandon(call, .cancelled) }
    upkeep.removeDeadline(of: call)
    releaseBudget(call)
    lifecycle.callsChanged(calls.count, now: .now())
    if calls.isEmpty { lifecycleStep() }
  }

  func receivedReset(of streamID: Int) {
    let now = NIODeadline.now()
    let opened = calls[streamID]?.opened ?? now
    guard !resetGuard.permitsReset(ofStreamOpenedAt: opened, now: now) else { return }
    engine?.fail(HTTP2ConnectionError(.enhanceYourCalm, "too many resets"))
  }

  func refuseMalformed(_ streamID: Int) {
    engine?.refuseMalformed(streamID)
    scheduleFlush()
  }

  func expired(_ call: ServerCall) {
    call.resumeWriters(.deadlineExceeded)
    if call.queuedBytes > 0 {
      // A status would wait behind responses that the peer gives no window for.
      engine?.reset(call.streamID, .cancel)
      scheduleFlush()
    } else {
      answer(call, .failure(.deadlineExceeded))
    }
    call.task?.cancel()
  }
}
