import NIOCore
import NIOHPACK

/// A field block that comes in HEADERS and CONTINUATION.
struct HeaderBlock {
  let streamID: Int
  let endStream: Bool
  var fragments: ByteBuffer
  var continuations = 0
}

/// From frames to calls. What is thrown ends the connection.
extension HTTP2Engine {
  func received(_ frame: Frame) throws(HTTP2ConnectionError) {
    let header = frame.header
    guard floodGuard.permits(header, now: .now()) else {
      throw HTTP2ConnectionError(.enhanceYourCalm, "a flood of frames")
    }
    if headerBlock != nil, header.type != FrameType.continuation {
      throw HTTP2ConnectionError(.protocolError, "a frame in the middle of a field block")
    }
    switch header.type {
    case FrameType.data: try receivedData(frame)
    case FrameType.headers: try receivedHeaders(frame)
    case FrameType.continuation: try receivedContinuation(frame)
    case FrameType.reset: try receivedReset(frame)
    case FrameType.settings: try receivedSettings(frame)
    case FrameType.ping: try receivedPing(frame)
    case FrameType.goAway: try receivedGoAway(frame)
    case FrameType.windowUpdate: try receivedWindowUpdate(frame)
    case FrameType.pushPromise: throw HTTP2ConnectionError(.protocolError, "a PUSH_PROMISE")
    default: break  // PRIORITY, which RFC 9113 ignores, and kinds that nobody knows.
    }
  }

  /// The stream is wrong, and the connection goes on; unless that happens over and over.
  private func fail(_ streamID: Int, _ code: HTTP2ErrorCode) throws(HTTP2ConnectionError) {
    if streams[streamID] != nil {
      reset(streamID, code)
    } else {
      pending.writeReset(code, on: streamID)
    }
    try countStreamError()
  }

  /// The same for rules of requests that its connection knows (RFC 9113, 8.1.1).
  package func refuseMalformed(_ streamID: Int) {
    do {
      try fail(streamID, .protocolError)
    } catch {
      fail(error)
    }
  }

  private func countStreamError() throws(HTTP2ConnectionError) {
    guard streamErrors.take(now: .now()) else {
      throw HTTP2ConnectionError(.enhanceYourCalm, "too many streams that break rules")
    }
  }

  /// Whether a stream of this number may still be opened: nothing but HEADERS may come on it.
  private func isIdle(_ streamID: Int) -> Bool {
    streamID.isMultiple(of: 2) || streamID > lastStreamID
  }

  private func require(
    _ condition: Bool, _ reason: @autoclosure () -> String, _ code: HTTP2ErrorCode = .protocolError
  ) throws(HTTP2ConnectionError) {
    if !condition { throw HTTP2ConnectionError(code, reason()) }
  }
}

// MARK: Streams

extension HTTP2Engine {
  private func receivedHeaders(_ frame: Frame) throws(HTTP2ConnectionError) {
    try require(frame.header.streamID != 0, "HEADERS on stream 0")
    var fragment = frame.payload
    try fragment.removePadding(of: frame.header)
    if frame.header.has(FrameFlag.priority) {
      try require(fragment.readableBytes >= 5, "HEADERS without their priority", .frameSizeError)
      fragment.moveReaderIndex(forwardBy: 5)
    }
    let block = HeaderBlock(
      streamID: frame.header.streamID, endStream: frame.header.has(FrameFlag.endStream), fragments: fragment)
    if frame.header.has(FrameFlag.endHeaders) { try received(block) } else { headerBlock = block }
  }

  /// A list of 16 KiB, as long as it may be, needs two frames at the most; a few more do no harm.
  private func receivedContinuation(_ frame: Frame) throws(HTTP2ConnectionError) {
    guard var block = headerBlock.take(), block.streamID == frame.header.streamID else {
      throw HTTP2ConnectionError(.protocolError, "a CONTINUATION of nothing")
    }
    block.fragments.writeImmutableBuffer(frame.payload)
    block.continuations += 1
    try require(block.continuations <= 5, "an endless field block", .enhanceYourCalm)
    if frame.header.has(FrameFlag.endHeaders) { try received(block) } else { headerBlock = block }
  }

  private func received(_ block: HeaderBlock) throws(HTTP2ConnectionError) {
    let headers: HPACKHeaders
    do {
      var fragments = block.fragments
      // Whatever becomes of the stream: the tables of both ends must stay the same.
      headers = try decoder.decodeHeaders(from: &fragments)
    } catch {
      throw HTTP2ConnectionError(.compressionError, "a field block that cannot be decoded: \(error)")
    }
    if let stream = streams[block.streamID] {
      try received(headers, on: stream, endStream: block.endStream)
    } else {
      try openedByPeer(block.streamID, headers, endStream: block.endStream)
    }
  }

  private func received(
    _ headers: HPACKHeaders, on stream: HTTP2Stream, endStream: Bool
  ) throws(HTTP2ConnectionError) {
    if stream.isRemoteEnded { return try fail(stream.id, .streamClosed) }
    // Trailers end a request; an answer may have informational ones before.
    if side.isServer, !endStream { return try fail(stream.id, .protocolError) }
    stream.isRemoteEnded = endStream
    connection.received(headers: headers, on: stream.id, endStream: endStream)
    // The answer is complete: of what use would the rest of the request be?
    if endStream, !closeIfDone(stream), !side.isServer { reset(stream.id, .cancel) }
  }

  private func openedByPeer(
    _ streamID: Int, _ headers: HPACKHeaders, endStream: Bool
  ) throws(HTTP2ConnectionError) {
    if recentlyReset.contains(streamID) { return }
    guard isIdle(streamID) else { throw HTTP2ConnectionError(.streamClosed, "HEADERS on a closed stream") }
    guard case .server(let maxConcurrentStreams) = side, !streamID.isMultiple(of: 2) else {
      throw HTTP2ConnectionError(.protocolError, "HEADERS on a stream that is not the peer's to open")
    }
    lastStreamID = streamID
    guard streamID <= lastAcceptedStreamID else { return recentlyReset.insert(streamID) }
    guard streams.count < maxConcurrentStreams else {
      recentlyReset.insert(streamID)
      pending.writeReset(.refusedStream, on: streamID)
      // Until it has seen our SETTINGS, a peer may open as many as it likes.
      if isSettingsAcknowledged { try countStreamError() }
      return
    }
    let stream = HTTP2Stream(id: streamID, outboundWindow: peerSettings.initialWindow)
    stream.isRemoteEnded = endStream
    streams[streamID] = stream
    connection.received(headers: headers, on: streamID, endStream: endStream)
    if endStream { closeIfDone(stream) }
  }

  private func receivedData(_ frame: Frame) throws(HTTP2ConnectionError) {
    let streamID = frame.header.streamID
    try require(streamID != 0, "DATA on stream 0")
    try consumeConnectionWindow(frame.header.length)
    var data = frame.payload
    try data.removePadding(of: frame.header)
    guard let stream = streams[streamID] else {
      try require(!isIdle(streamID), "DATA on an idle stream")
      if !recentlyReset.contains(streamID) { try fail(streamID, .streamClosed) }
      return
    }
    guard !stream.isRemoteEnded else { return try fail(streamID, .streamClosed) }
    stream.inboundWindow -= frame.header.length
    guard stream.inboundWindow >= 0 else { return try fail(streamID, .flowControlError) }
    let endStream = frame.header.has(FrameFlag.endStream)
    stream.isRemoteEnded = endStream
    connection.received(data: data, on: streamID, endStream: endStream)
    if endStream {
      closeIfDone(stream)
    } else if streams[streamID] === stream {
      connection.inboundWindow(of: streamID, is: stream.inboundWindow)
    }
  }

  private func consumeConnectionWindow(_ bytes: Int) throws(HTTP2ConnectionError) {
    inboundWindow -= bytes
    try require(inboundWindow >= 0, "DATA beyond the connection's window", .flowControlError)
    guard inboundWindow < Self.connectionWindow / 2 else { return }
    pending.writeWindowUpdate(Self.connectionWindow - inboundWindow, on: 0)
    inboundWindow = Self.connectionWindow
  }

  private func receivedReset(_ frame: Frame) throws(HTTP2ConnectionError) {
    let streamID = frame.header.streamID
    try require(streamID != 0, "RST_STREAM on stream 0")
    guard let code = frame.payload.getInteger(at: frame.payload.readerIndex, as: UInt32.self), frame.header.length == 4
    else { throw HTTP2ConnectionError(.frameSizeError, "RST_STREAM of \(frame.header.length) bytes") }
    guard remove(streamID) else {
      try require(!isIdle(streamID), "RST_STREAM on an idle stream")
      // It crossed the end of its stream; but nobody's streams end that often.
      return try require(floodGuard.permitsOneMore(now: .now()), "a flood of RST_STREAM", .enhanceYourCalm)
    }
    connection.receivedReset(of: streamID)
    connection.closed(streamID: streamID, reason: HTTP2ErrorCode(rawValue: Int(code)))
  }

  private func receivedWindowUpdate(_ frame: Frame) throws(HTTP2ConnectionError) {
    let streamID = frame.header.streamID
    guard let word = frame.payload.getInteger(at: frame.payload.readerIndex, as: UInt32.self), frame.header.length == 4
    else { throw HTTP2ConnectionError(.frameSizeError, "WINDOW_UPDATE of \(frame.header.length) bytes") }
    let increment = Int(word & 0x7fff_ffff)
    if streamID == 0 {
      try require(increment > 0, "WINDOW_UPDATE of 0")
      outboundWindow += increment
      try require(outboundWindow <= HTTP2Settings.largestWindow, "a window above 2^31-1", .flowControlError)
    } else {
      guard let stream = streams[streamID] else {
        return try require(!isIdle(streamID), "WINDOW_UPDATE on an idle stream")
      }
      guard increment > 0 else { return try fail(streamID, .protocolError) }
      stream.outboundWindow += increment
      guard stream.outboundWindow <= HTTP2Settings.largestWindow else { return try fail(streamID, .flowControlError) }
      putInLine(stream)
    }
    goOn()
  }
}

// MARK: The connection

extension HTTP2Engine {
  private func receivedSettings(_ frame: Frame) throws(HTTP2ConnectionError) {
    try require(frame.header.streamID == 0, "SETTINGS on a stream")
    if frame.header.has(FrameFlag.acknowledgement) {
      try require(frame.header.length == 0, "SETTINGS ACK of \(frame.header.length) bytes", .frameSizeError)
      isSettingsAcknowledged = true
      return
    }
    let before = peerSettings
    try peerSettings.apply(frame.payload)
    do {
      try encoder.setDynamicTableSize(min(peerSettings.headerTableSize, HPACKEncoder.defaultDynamicTableSize))
    } catch {
      throw HTTP2ConnectionError(.internalError, "the table of header fields cannot be resized: \(error)")
    }
    if peerSettings.initialWindow != before.initialWindow {
      try changeWindows(by: peerSettings.initialWindow - before.initialWindow)
    }
    pending.writeSettingsAcknowledgement()
    connection.receivedSettings(maxConcurrentStreams: peerSettings.maxConcurrentStreams)
  }

  /// RFC 9113, 6.9.2.
  private func changeWindows(by difference: Int) throws(HTTP2ConnectionError) {
    for stream in streams.values {
      stream.outboundWindow += difference
      try require(
        stream.outboundWindow <= HTTP2Settings.largestWindow, "a window above 2^31-1", .flowControlError)
      putInLine(stream)
    }
    goOn()
  }

  private func receivedPing(_ frame: Frame) throws(HTTP2ConnectionError) {
    try require(frame.header.streamID == 0, "PING on a stream")
    guard let data = frame.payload.getInteger(at: frame.payload.readerIndex, as: UInt64.self), frame.header.length == 8
    else { throw HTTP2ConnectionError(.frameSizeError, "PING of \(frame.header.length) bytes") }
    if frame.header.has(FrameFlag.acknowledgement) {
      connection.receivedPingAcknowledgement(data)
    } else {
      pending.writePing(data, isAcknowledgement: true)
    }
  }

  private func receivedGoAway(_ frame: Frame) throws(HTTP2ConnectionError) {
    try require(frame.header.streamID == 0, "GOAWAY on a stream")
    var payload = frame.payload
    guard let (lastStreamID, code) = payload.readMultipleIntegers(as: (UInt32, UInt32).self) else {
      throw HTTP2ConnectionError(.frameSizeError, "GOAWAY of \(frame.header.length) bytes")
    }
    connection.receivedGoAway(
      lastStreamID: Int(lastStreamID & 0x7fff_ffff), reason: HTTP2ErrorCode(rawValue: Int(code)))
  }
}
