import HTTP2
import NIOCore
import NIOHPACK

/// From frames to handlers.
extension ServerConnection {
  func received(headers: HPACKHeaders, on streamID: Int, endStream: Bool) {
    if let call = calls[streamID] {
      // Trailers of a request; gRPC has none, but HTTP/2 allows them.
      guard FieldSyntax.isTrailers(headers) else { return refuseMalformed(streamID) }
      if endStream { requestEnded(call) }
      return
    }
    let head: RequestHead
    do {
      head = try RequestHead(headers)
    } catch {
      return refuse(streamID, error, requestEnded: endStream)
    }
    guard let method = table.method(at: head.path) else {
      table.onUnknownMethod()
      return refuse(streamID, .unknownMethod(head.path), requestEnded: endStream)
    }
    let call = ServerCall(
      streamID: streamID, method: method, head: head, messageLimit: limits.maxMessageBytes, opened: .now(),
      received: .now)
    if let timeout = head.timeout, timeout <= .zero {
      return refuse(streamID, .deadlineExceeded, requestEnded: endStream)
    }
    calls[streamID] = call
    lifecycle.callsChanged(calls.count, now: call.opened)
    setDeadline(of: call)
    if endStream { requestEnded(call) }
  }

  func received(data: ByteBuffer, on streamID: Int, endStream: Bool) {
    guard let call = calls[streamID], call.phase == .receiving else { return }
    do {
      try call.append(data)
    } catch {
      call.requestEnded = endStream
      return answer(call, .failure(error))
    }
    if endStream { requestEnded(call) }
  }

  /// Opens the window for a message that is longer than the window its stream began with.
  func inboundWindow(of streamID: Int, is bytes: Int) {
    guard let call = calls[streamID], call.phase == .receiving else { return }
    call.inboundWindow = bytes
    guard let expected = call.reader.expectedBytes, bytes <= expected - call.reader.bufferedBytes else { return }
    if expected < InboundBudget.initialWindow || inboundBudget.reserve(streamID, bytes: expected) {
      openWindow(call)
    }
  }

  private func openWindow(_ call: ServerCall) {
    guard call.phase == .receiving, let expected = call.reader.expectedBytes else { return }
    // One byte more than the message, so that a peer that sends too much is noticed.
    let missing = expected - call.reader.bufferedBytes + 1 - call.inboundWindow
    guard missing > 0 else { return }
    call.inboundWindow += missing
    engine?.openWindow(of: call.streamID, by: missing)
    scheduleFlush()
  }

  func releaseBudget(_ call: ServerCall) {
    for streamID in inboundBudget.release(call.streamID) {
      if let waiting = calls[streamID] { openWindow(waiting) }
    }
  }

  private func requestEnded(_ call: ServerCall) {
    guard call.phase == .receiving else { return }
    if let length = call.head.contentLength, length != call.receivedBytes { return refuseMalformed(call.streamID) }
    let message: ByteBuffer
    do {
      message = try call.takeRequest()
    } catch {
      return answer(call, .failure(error))
    }
    releaseBudget(call)
    if call.head.timeout == nil, case .serverStreaming = call.method { upkeep.removeDeadline(of: call) }
    start(call, message)
  }

  private func start(_ call: ServerCall, _ message: ByteBuffer) {
    let timeout = call.head.timeout ?? (call.dueTime == nil ? nil : limits.defaultTimeout)
    let context = CallContext(
      path: call.head.path, metadata: call.head.metadata, deadline: timeout.map { call.received.advanced(by: $0) },
      peer: peer, peerName: peerName, received: call.received)
    let chain = table.chain
    call.phase = .running
    runningHandlers += 1
    switch call.method {
    case .unary(let method):
      call.task = Task.immediate(executorPreference: executor) {
        let result: Result<ByteBuffer, any Error>
        do {
          result = .success(try await method.invoke(message, context, chain))
        } catch {
          result = .failure(error)
        }
        self.onLoop { self.ended(call, context, result) }
      }
    case .serverStreaming(let method):
      call.task = Task.immediate(executorPreference: executor) {
        let result: Result<ByteBuffer?, any Error>
        do {
          try await method.invoke(message, context, chain, into: ServerCallSink(connection: self, call: call))
          result = .success(nil)
        } catch {
          result = .failure(error)
        }
        self.onLoop { self.ended(call, context, result.map { $0 ?? ByteBuffer() }) }
      }
    }
  }

  private func ended(_ call: ServerCall, _ context: CallContext, _ result: Result<ByteBuffer, any Error>) {
    if call.phase == .running {
      answer(call, result.mapError { RPCError(reporting: $0) }, trailers: context.trailers)
    }
    call.task = nil
    handlerEnded()
  }
}
