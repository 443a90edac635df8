import NIOCore
import NIOHPACK

/// From calls to frames.
extension HTTP2Engine {
  /// A client's first HEADERS of a stream open it. Nothing is sent on a stream that is closed.
  package func send(headers: HPACKHeaders, on streamID: Int, endStream: Bool) {
    guard let stream = streams[streamID] ?? open(streamID), !stream.isLocalEnded else { return }
    stream.isLocalEnded = endStream
    if stream.isFlushed {
      write(headers, on: stream, endStream: endStream)
    } else {
      stream.trailers = headers
    }
  }

  package func send(data: ByteBuffer, on streamID: Int, endStream: Bool) {
    guard let stream = streams[streamID], !stream.isLocalEnded else { return }
    stream.isLocalEnded = endStream
    let length = data.readableBytes
    let fits = stream.isFlushed && length <= min(stream.outboundWindow, outboundWindow, peerSettings.maxFrameSize)
    if length == 0 ? stream.isFlushed : fits && canWriteData {
      write(data, on: stream, endStream: endStream)
    } else {
      stream.enqueue(data)
      putInLine(stream)
      goOn()
    }
  }

  /// RST_STREAM, and the end of the stream. What was queued on it is not sent.
  package func reset(_ streamID: Int, _ code: HTTP2ErrorCode) {
    guard remove(streamID) else { return }
    recentlyReset.insert(streamID)
    pending.writeReset(code, on: streamID)
    connection.closed(streamID: streamID, reason: code)
  }

  package func openWindow(of streamID: Int, by bytes: Int) {
    guard let stream = streams[streamID] else { return }
    stream.inboundWindow += bytes
    pending.writeWindowUpdate(bytes, on: streamID)
  }

  package func ping(_ data: UInt64) {
    pending.writePing(data, isAcknowledgement: false)
  }

  /// Streams that the peer opens from now on are ignored. With an error it is the last that the peer hears.
  package func goAway(_ code: HTTP2ErrorCode) {
    lastAcceptedStreamID = side.isServer ? lastStreamID : 0
    pending.writeGoAway(lastStreamID: lastAcceptedStreamID, code)
    if code != .noError { close() }
  }

  /// GOAWAY with the highest stream id: no new streams, please, but those that cross this are still taken.
  package func announceEnd() {
    pending.writeGoAway(lastStreamID: HTTP2Settings.largestWindow, .noError)
  }

  /// Sends what was written; what is written while frames are read, when all of them are read.
  package func flush() {
    guard !isReading || isClosing else { return }
    goOn()
    while pending.readableBytes > 0 {
      writePending()
      goOn()
    }
  }

  private func writePending() {
    guard let context else { return pending.clear() }
    let bytes = pending
    pending = ByteBuffer()
    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    // The same memory again where the channel has written all of it, unless an exceptional write would pin its size.
    guard pending.readableBytes == 0, bytes.capacity <= 2 * Self.outboundHighWaterMark else { return }
    pending = bytes
    pending.clear()
  }
}

// MARK: Streams and windows

extension HTTP2Engine {
  private func open(_ streamID: Int) -> HTTP2Stream? {
    guard !side.isServer, streamID > lastStreamID else { return nil }
    lastStreamID = streamID
    let stream = HTTP2Stream(id: streamID, outboundWindow: peerSettings.initialWindow)
    streams[streamID] = stream
    return stream
  }

  /// Both sides have ended it, and everything is out. False where that is not so.
  @discardableResult
  func closeIfDone(_ stream: HTTP2Stream) -> Bool {
    guard stream.isLocalEnded, stream.isRemoteEnded, stream.isFlushed, stream.trailers == nil, remove(stream.id) else {
      return false
    }
    connection.closed(streamID: stream.id, reason: nil)
    return true
  }

  /// False where it is not open.
  func remove(_ streamID: Int) -> Bool {
    guard let stream = streams.removeValue(forKey: streamID) else { return false }
    // Else what is queued on it would be kept until its turn comes.
    if stream.isInLine { line.removeAll { $0 === stream } }
    return true
  }

  /// Else it goes on with the next flush, or when the channel can write again.
  private var canWriteData: Bool {
    pending.readableBytes < Self.outboundHighWaterMark && context?.channel.isWritable ?? false
  }

  func putInLine(_ stream: HTTP2Stream) {
    guard !stream.isInLine, !stream.isFlushed, stream.outboundWindow > 0 else { return }
    stream.isInLine = true
    line.append(stream)
  }

  /// Sends queued DATA as far as the windows and the channel allow: a frame of each stream in turn.
  func goOn() {
    while outboundWindow > 0, let stream = line.first {
      guard stream.outboundWindow > 0 else {
        // It has become smaller.
        stream.isInLine = false
        line.removeFirst()
        continue
      }
      guard canWriteData else { return }
      line.removeFirst()
      stream.isInLine = false
      let limit = min(outboundWindow, stream.outboundWindow, HTTP2Settings.smallestMaxFrameSize)
      let piece = stream.dequeue(limit)
      putInLine(stream)
      write(piece, on: stream, endStream: stream.isFlushed && stream.isLocalEnded && stream.trailers == nil)
      if stream.isFlushed, let trailers = stream.trailers.take() { write(trailers, on: stream, endStream: true) }
    }
  }

  private func write(_ headers: HPACKHeaders, on stream: HTTP2Stream, endStream: Bool) {
    do {
      try pending.writeHeaders(
        headers, on: stream.id, endStream: endStream, maximumLength: HTTP2Settings.smallestMaxFrameSize, &encoder)
    } catch {
      return fail(HTTP2ConnectionError(.internalError, "header fields cannot be encoded: \(error)"))
    }
    if endStream { closeIfDone(stream) }
  }

  private func write(_ data: ByteBuffer, on stream: HTTP2Stream, endStream: Bool) {
    let length = data.readableBytes
    outboundWindow -= length
    stream.outboundWindow -= length
    pending.writeData(data, on: stream.id, endStream: endStream)
    floodGuard.sentData()
    connection.wroteData(length, on: stream.id)
    if endStream { closeIfDone(stream) }
  }
}
