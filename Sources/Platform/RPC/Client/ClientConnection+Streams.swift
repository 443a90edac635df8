import HTTP2
import NIOCore
import NIOHPACK

/// From frames to responses; deadlines and the end of calls.
extension ClientConnection {
  func received(headers: HPACKHeaders, on streamID: Int, endStream: Bool) {
    guard let call = calls[streamID] else { return }
    let isWellFormed =
      call.receivedHeaders
      ? FieldSyntax.isTrailers(headers) : FieldSyntax.isResponseHead(headers, endStream: endStream)
    guard isWellFormed else {
      return abort(call, RPCError(.internal, "The peer's answer is malformed HTTP/2."), .protocolError)
    }
    do throws(RPCError) {
      if endStream {
        if !call.receivedHeaders { _ = try ResponseHead.check(headers, isTrailersOnly: true) }
        let status = try StatusTrailers.decode(headers)
        end(call, status.map { .failure(CallFailure(error: $0)) } ?? call.completeness)
      } else if try ResponseHead.check(headers, isTrailersOnly: false) {
        call.receivedHeaders = true
      }
    } catch {
      abort(call, error)
    }
  }

  func received(data: ByteBuffer, on streamID: Int, endStream: Bool) {
    guard let call = calls[streamID] else { return }
    do throws(RPCError) {
      guard call.receivedHeaders else { throw RPCError(.internal, "The answer has no headers.") }
      try call.append(data)
      if endStream { throw RPCError(.internal, "The answer ended without trailers.") }
    } catch {
      return abort(call, error)
    }
    call.deliver()
  }

  func inboundWindow(of streamID: Int, is bytes: Int) {
    guard let call = calls[streamID] else { return }
    call.inboundWindow = bytes
    openWindow(call)
  }

  /// Keeps a stream's window and what is buffered of it together at one initial window, but lets a message that is
  /// longer than that arrive.
  func openWindow(_ call: ClientCall) {
    guard case .open(let streamID) = call.phase, call.end == nil else { return }
    let buffered = call.responseBytes + call.reader.bufferedBytes
    var wanted = InboundBudget.initialWindow - buffered
    var isLong = false
    if let expected = call.reader.expectedBytes, call.responseBytes == 0 {
      let rest = expected - call.reader.bufferedBytes + 1
      isLong = rest > wanted
      wanted = max(wanted, rest)
    }
    let missing = wanted - call.inboundWindow
    guard missing > 0, isLong || missing >= InboundBudget.initialWindow / 2 else { return }
    call.inboundWindow += missing
    engine?.openWindow(of: streamID, by: missing)
    scheduleFlush()
  }

  func wroteData(_ bytes: Int, on streamID: Int) {}

  func receivedReset(of streamID: Int) {}

  func closed(streamID: Int, reason: HTTP2ErrorCode?) {
    guard let call = calls[streamID] else { return }
    let reset = reason ?? .noError
    let error = RPCError(PeerErrors.code(forReset: reset), "The peer reset the stream (code \(reset.rawValue)).")
    end(call, .failure(CallFailure(error: error, surelyDidNotRun: reset == .refusedStream)))
  }

  /// Ends a call from this side, and tells the peer.
  func abort(_ call: ClientCall, _ error: RPCError, _ code: HTTP2ErrorCode = .cancel) {
    guard call.end == nil else { return }
    if case .open(let streamID) = call.phase {
      // First, so that the stream's end finds no call.
      calls[streamID] = nil
      engine?.reset(streamID, code)
      scheduleFlush()
    }
    end(call, .failure(CallFailure(error: error)))
  }

  /// The first end of a call counts.
  func end(_ call: ClientCall, _ result: Result<Void, CallFailure>) {
    guard call.end == nil else { return }
    call.end = result
    if case .open(let streamID) = call.phase { calls[streamID] = nil }
    call.phase = .ended
    upkeep.removeDeadline(of: call)
    call.deliver()
    lifecycle.callsChanged(calls.count)
    sendQueued()
    if isRetired { closeIfDone() }
  }

  func expired(_ call: ClientCall) { abort(call, .deadlineExceeded) }
}
