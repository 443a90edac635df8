import HTTP2
import NIOCore
import NIOHPACK

/// Starting calls, and handing their responses to whoever waits.
extension ClientConnection {
  /// Sends a unary call and waits for its response.
  func start(_ call: ClientCall) async -> Result<ByteBuffer?, CallFailure> {
    await wait(for: call, isNew: true)
  }

  /// Sends a streaming call.
  func begin(_ call: ClientCall) {
    onLoop { self.send(call) }
  }

  /// Waits for the next response of a stream that was begun.
  func next(_ call: ClientCall) async -> Result<ByteBuffer?, CallFailure> {
    await wait(for: call, isNew: false)
  }

  /// Ends `call` if it has not ended: RST_STREAM with CANCEL.
  func cancel(_ call: ClientCall) {
    onLoop { self.abort(call, .cancelled) }
  }

  private func wait(for call: ClientCall, isNew: Bool) async -> Result<ByteBuffer?, CallFailure> {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { (waiter: ClientCall.Waiter) in
        if eventLoop.inEventLoop {
          if isNew { send(call) }
          park(waiter, call)
        } else {
          eventLoop.execute {
            if isNew { self.send(call) }
            self.park(waiter, call)
          }
        }
      }
    } onCancel: {
      cancel(call)
    }
  }

  private func park(_ waiter: ClientCall.Waiter, _ call: ClientCall) {
    if let result = call.takeNext() {
      if call.isStreaming { openWindow(call) }
      waiter.resume(returning: result)
    } else if call.waiter != nil {
      let error = RPCError(.internal, "A stream has one reader only.")
      waiter.resume(returning: .failure(CallFailure(error: error)))
    } else {
      call.waiter = waiter
    }
  }

  private func send(_ call: ClientCall) {
    // Cancelled before it got here.
    guard call.end == nil else { return }
    if let deadline = call.deadline {
      if deadline <= .now() { return end(call, .failure(CallFailure(error: .deadlineExceeded))) }
    }
    guard !isRetired, let engine else {
      let error = RPCError(.unavailable, "The connection is closing.")
      return end(call, .failure(CallFailure(error: error, surelyDidNotRun: true, wasSent: false)))
    }
    if calls.count < maxConcurrentStreams {
      open(call, engine)
    } else if queue.count < configuration.maxQueuedCalls {
      queue.append(call)
      if let deadline = call.deadline { setDeadline(of: call, deadline) }
    } else {
      let error = RPCError(.unavailable, "Too many calls wait for \(peer).", reason: "TOO_MANY_CALLS")
      end(call, .failure(CallFailure(error: error)))
    }
  }

  /// Sends what the peer's SETTINGS_MAX_CONCURRENT_STREAMS held back.
  func sendQueued() {
    while calls.count < maxConcurrentStreams, let engine, !isRetired, let call = queue.popFirst() {
      if call.end == nil { open(call, engine) }
    }
  }

  private func open(_ call: ClientCall, _ engine: HTTP2Engine) {
    let streamID = nextStreamID
    nextStreamID += 2
    call.phase = .open(streamID: streamID)
    calls[streamID] = call
    lifecycle.callsChanged(calls.count)
    if call.dueTime == nil, let deadline = call.deadline { setDeadline(of: call, deadline) }
    engine.send(headers: headers(of: call), on: streamID, endStream: false)
    engine.send(data: call.message, on: streamID, endStream: true)
    scheduleFlush()
    if nextStreamID > Self.lastUsableStreamID { retire() }
  }

  private func headers(of call: ClientCall) -> HPACKHeaders {
    var headers: HPACKHeaders
    if let known = headersByPath[call.path] {
      headers = known
    } else {
      headers = requestHeaders.fixed(path: call.path)
      if headersByPath.count < 1000 { headersByPath[call.path] = headers }
    }
    if let timeout = call.timeout, let deadline = call.deadline {
      // The timeout as it was given, unless the call had to wait: the same text for every call compresses well.
      let waited = NIODeadline.now() - call.created
      let remaining = waited < .milliseconds(5) ? timeout : Duration.nanoseconds((deadline - .now()).nanoseconds)
      RequestHeaders.append(timeout: remaining, to: &headers)
    }
    for field in call.metadata.fields { headers.add(name: field.name, value: field.value) }
    return headers
  }
}
