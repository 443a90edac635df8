import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// The requests of a connection, whole and one after the other, and the way back for their answers.
///
/// Bodies are small (``GatewayLimits/bodyBytes``), so a request is handed over once its body is there; one whose body
/// is too large, at once with what has come of it: who reads it finds out.
///
/// `@unchecked Sendable`: everything mutable is touched only on `eventLoop`, which the task that serves the connection
/// runs on; what may come from elsewhere gets there first.
final class ClientConnection: ChannelDuplexHandler, @unchecked Sendable {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private enum Arrival {
    case request(Request)
    /// Nothing can be read after this.
    case refusal(APIError)
  }

  /// What has come of a request.
  private enum Reading {
    case nothing
    case body(of: HTTPRequest, ByteBuffer)
    /// The rest of a body that is too large.
    case surplus
  }

  let channel: any Channel
  let eventLoop: any EventLoop
  private let bodyLimit: Int

  private var reading = Reading.nothing
  /// What came while another request was being answered.
  private var arrived = CircularBuffer<Arrival>(initialCapacity: 2)
  private var reader: UnsafeContinuation<Arrival?, Never>?
  private var hasEnded = false
  /// A read that waits until what arrived has been answered.
  private var heldRead: ChannelHandlerContext?
  /// An answer that waits for the client to read.
  private var writer: UnsafeContinuation<Void, Never>?

  init(_ channel: any Channel, bodyLimit: Int) {
    self.channel = channel
    self.eventLoop = channel.eventLoop
    self.bodyLimit = bodyLimit
  }
}

extension ClientConnection: ServerChildChannelValue {}

// MARK: For the task that serves the connection

extension ClientConnection {
  /// The next request; nil where no other will come. What cannot be read is answered here, as the last.
  func next() async throws -> Request? {
    switch await nextArrival() {
    case .request(let request):
      return request
    case .refusal(let refusal):
      // It names no amount.
      try await answer(refusal.response(in: .usd))
      return nil
    case nil:
      return nil
    }
  }

  private func nextArrival() async -> Arrival? {
    if let arrival = arrived.popFirst() {
      resumeReading()
      return arrival
    }
    if hasEnded { return nil }
    return await withUnsafeContinuation { reader = $0 }
  }

  /// Writes an answer to its end. Throws where the connection is closed meanwhile, or the answer's body fails.
  func answer(_ response: Response) async throws {
    channel.write(HTTPServerResponsePart.head(HTTPResponseHead(response)), promise: nil)
    try await response.body.write(
      AnswerWriter(connection: self, isStreaming: response.body.contentLength == nil))
  }

  /// Waits until the client has read most of what was written; at once where it keeps up. Throws where it is gone.
  func room() async throws {
    if !channel.isWritable, channel.isActive, !Task.isCancelled {
      channel.flush()
      // Flushing may have made room, or closed the connection.
      if !channel.isWritable, channel.isActive { await withUnsafeContinuation { writer = $0 } }
    }
    guard channel.isActive else { throw ChannelError.ioOnClosedChannel }
  }

  /// Says that no answer will follow, and waits for the client to close.
  func end() async {
    channel.close(mode: .output, promise: nil)
    _ = try? await channel.closeFuture.get()
  }

  func close() {
    channel.close(promise: nil)
  }

  /// From any thread: what was read is answered, nothing more is read, and no answer waits for a slow client.
  func stopReading() {
    eventLoop.execute { [self] in
      channel.close(mode: .input, promise: nil)
      finish()
      writer.take()?.resume()
    }
  }
}

// MARK: Inbound

extension ClientConnection {
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      began(head)
    case .body(let bytes):
      received(bytes)
    case .end:
      if case .body(let head, let body) = reading {
        hand(over: .request(Request(head: head, body: .init(buffer: body))))
      }
      reading = .nothing
    }
  }

  private func began(_ head: HTTPRequestHead) {
    guard let request = HTTPRequest(head) else {
      reading = .surplus
      return hand(over: .refusal(.malformedRequest))
    }
    guard request.headerFields[.contentLength].flatMap({ Int($0) }) ?? 0 <= bodyLimit else {
      reading = .surplus
      return hand(over: .request(Request(head: request, body: .init(buffer: ByteBuffer()))))
    }
    reading = .body(of: request, ByteBuffer())
  }

  private func received(_ bytes: ByteBuffer) {
    guard case .body(let head, var body) = reading else { return }
    // Else appending would copy it.
    reading = .nothing
    if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
    if body.readableBytes <= bodyLimit {
      reading = .body(of: head, body)
    } else {
      reading = .surplus
      hand(over: .request(Request(head: head, body: .init(buffer: body))))
    }
  }

  private func hand(over arrival: Arrival) {
    if let reader = reader.take() { reader.resume(returning: arrival) } else { arrived.append(arrival) }
  }

  /// No request will follow.
  private func finish() {
    hasEnded = true
    reader.take()?.resume(returning: nil)
  }

  /// A client that sends requests faster than they are answered is not read meanwhile.
  func read(context: ChannelHandlerContext) {
    if arrived.isEmpty { context.read() } else { heldRead = context }
  }

  private func resumeReading() {
    if arrived.isEmpty { heldRead.take()?.read() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event { finish() }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let refusal = error as? APIError else { return context.close(promise: nil) }
    // A request that was handed over before its end has its answer, or gets it.
    if case .surplus = reading { return finish() }
    hand(over: .refusal(refusal))
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { writer.take()?.resume() }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    heldRead = nil
    arrived.removeAll()
    finish()
    writer.take()?.resume()
    context.fireChannelInactive()
  }
}
