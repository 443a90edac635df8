import NIOCore

/// One timer per connection, not per command: it is set for the earliest deadline and left alone while later ones are
/// added, so under load it fires about once per time-out.
extension RedisConnection {
  func armTimer(for deadline: NIODeadline) {
    guard deadline < timerDeadline else { return }
    timer?.cancel()
    timerDeadline = deadline
    timer = eventLoop.scheduleTask(deadline: deadline) { self.timerFired() }
  }

  private func timerFired() {
    timerDeadline = .distantFuture
    timer = nil
    let now = NIODeadline.now()
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
        return close(.init(.connectionLost, "the server has been silent for \(seconds) s", mayHaveRun: true))
      }
      next = min(next, silentUntil)
    }
    // Deadlines microseconds apart are one sweep.
    if next < .distantFuture { armTimer(for: max(next, now + .milliseconds(1))) }
  }

  /// Takes no more calls, and closes when the last reply is there or at `deadline`.
  func drain(until deadline: NIODeadline) {
    guard closeReason == nil, !isDraining else { return }
    isDraining = true
    let reason = RedisError(.connectionLost, "the client is shutting down", mayHaveRun: true)
    if pending.isEmpty { return close(reason) }
    eventLoop.scheduleTask(deadline: deadline) { self.close(reason) }
  }
}

extension NIODeadline {
  /// Throws where there is no time left: nothing has been sent then. An hour at most.
  init(timeout: Duration) throws(RedisError) {
    guard timeout > .zero else { throw RedisError(.timedOut, "the deadline has passed", mayHaveRun: false) }
    self = .now() + TimeAmount(min(timeout, .seconds(3600)))
  }
}
