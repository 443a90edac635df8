import NIOCore
import NIOHPACK

/// From handlers to frames.
extension ServerConnection {
  private static let responseHeaders: HPACKHeaders = [
    HeaderName.status: "200", HeaderName.contentType: RequestHead.contentType,
  ]

  /// Ends the call: a framed message (empty for a stream, whose messages are sent already) or an error.
  func answer(_ call: ServerCall, _ result: Result<ByteBuffer, RPCError>, trailers: Metadata? = nil) {
    guard call.phase != .answered, let engine else { return }
    call.phase = .answered
    call.resumeWriters(.cancelled)
    releaseBudget(call)
    switch result {
    case .success(let message) where hasRoom(for: message.readableBytes):
      if !call.sentHeaders { engine.send(headers: Self.responseHeaders, on: call.streamID, endStream: false) }
      if message.readableBytes > 0 { send(message, on: call) }
      var headers = StatusTrailers.ok
      if let trailers { StatusTrailers.append(trailers, to: &headers) }
      engine.send(headers: headers, on: call.streamID, endStream: true)
    case .success:
      let error = RPCError(.resourceExhausted, "Too much of what this connection asked for has not been read.")
      sendStatus(error, trailers, on: call)
    case .failure(let error):
      sendStatus(error, trailers, on: call)
    }
    if !call.requestEnded { engine.reset(call.streamID, .noError) }
    scheduleFlush()
  }

  /// Answers a call that has no ``ServerCall``.
  func refuse(_ streamID: Int, _ error: RPCError, requestEnded: Bool) {
    var headers = Self.responseHeaders
    StatusTrailers.append(error, to: &headers)
    refuse(streamID, headers, requestEnded: requestEnded)
  }

  func refuse(_ streamID: Int, _ refusal: RequestHead.Refusal, requestEnded: Bool) {
    switch refusal {
    case .malformed:
      refuseMalformed(streamID)
    case .http(let status):
      refuse(streamID, [HeaderName.status: status], requestEnded: requestEnded)
    case .grpc(let code, let message):
      var headers = Self.responseHeaders
      StatusTrailers.append(RPCError(code, message), to: &headers)
      if code == .unimplemented { headers.add(name: HeaderName.acceptEncoding, value: "identity") }
      refuse(streamID, headers, requestEnded: requestEnded)
    }
  }

  /// Queues a response of a stream, and resumes `continuation` when there is room for another.
  func write(_ message: ByteBuffer, on call: ServerCall, _ continuation: ServerCall.WriteContinuation) {
    guard call.phase == .running, let engine else { return continuation.resume(returning: .cancelled) }
    guard hasRoom(for: message.readableBytes) else {
      let error = RPCError(.resourceExhausted, "Too much of what this connection asked for has not been read.")
      return continuation.resume(returning: error)
    }
    if !call.sentHeaders {
      call.sentHeaders = true
      engine.send(headers: Self.responseHeaders, on: call.streamID, endStream: false)
    }
    send(message, on: call)
    scheduleFlush()
    if call.queuedBytes > limits.streamOutputBytes {
      call.writers.append(continuation)
    } else {
      continuation.resume(returning: nil)
    }
  }

  func wroteData(_ bytes: Int, on streamID: Int) {
    guard let call = calls[streamID] else { return }
    let sent = min(bytes, call.queuedBytes)
    call.queuedBytes -= sent
    queuedBytes -= sent
    if call.queuedBytes <= limits.streamOutputBytes { call.resumeWriters(nil) }
  }

  private func hasRoom(for bytes: Int) -> Bool {
    bytes == 0 || queuedBytes == 0 || queuedBytes + bytes <= limits.maxQueuedOutputBytes
  }

  private func send(_ message: ByteBuffer, on call: ServerCall) {
    call.queuedBytes += message.readableBytes
    queuedBytes += message.readableBytes
    engine?.send(data: message, on: call.streamID, endStream: false)
  }

  private func sendStatus(_ error: RPCError, _ trailers: Metadata?, on call: ServerCall) {
    var headers = call.sentHeaders ? HPACKHeaders() : Self.responseHeaders
    StatusTrailers.append(error, to: &headers)
    if error.code == .unimplemented { headers.add(name: HeaderName.acceptEncoding, value: "identity") }
    if let trailers { StatusTrailers.append(trailers, to: &headers) }
    engine?.send(headers: headers, on: call.streamID, endStream: true)
  }

  private func refuse(_ streamID: Int, _ headers: HPACKHeaders, requestEnded: Bool) {
    engine?.send(headers: headers, on: streamID, endStream: true)
    if !requestEnded { engine?.reset(streamID, .noError) }
    scheduleFlush()
  }
}
