import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Runs `body` with a twin of Stripe that listens on loopback, and the base of its URLs.
package func withStripeTwin<Result: Sendable>(
  _ body: (StripeTwin, String) async throws -> Result
) async throws -> Result {
  let twin = StripeTwin()
  let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    .childChannelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
        try channel.pipeline.syncOperations.addHandler(TwinHandler(twin))
      }
    }
    .bind(host: "127.0.0.1", port: 0).get()
  do {
    let result = try await body(twin, "http://127.0.0.1:\(server.localAddress?.port ?? 0)")
    try await server.close()
    return result
  } catch {
    try? await server.close()
    throw error
  }
}

private final class TwinHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let twin: StripeTwin
  private var head: HTTPRequestHead?
  private var body = ""

  init(_ twin: StripeTwin) { self.twin = twin }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): (self.head, body) = (head, "")
    case .body(let bytes): body += String(buffer: bytes)
    case .end:
      guard let head else { return }
      let (reply, delay, isTruncated) = twin.answer(request(head))
      guard let reply else { return context.close(promise: nil) }
      guard delay != 0 else { return write(reply, isTruncated, context) }
      later(reply, isTruncated, delay, context)
    }
  }

  private func later(
    _ reply: StripeTwin.Reply, _ isTruncated: Bool, _ delay: Int64, _ context: ChannelHandlerContext
  ) {
    let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: .milliseconds(delay > 0 ? delay : 20)) {
      let (handler, context) = loopBound.value
      if delay == StripeTwin.untilReleased, handler.twin.isHolding, context.channel.isActive {
        return handler.later(reply, isTruncated, delay, context)
      }
      handler.write(reply, isTruncated, context)
    }
  }

  private func request(_ head: HTTPRequestHead) -> StripeTwin.Request {
    var form: [String: String] = [:]
    for pair in body.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1).map { decoded(String($0)) }
      if let name = parts.first { form[name] = parts.count > 1 ? parts[1] : "" }
    }
    return StripeTwin.Request(
      method: head.method.rawValue, path: head.uri, key: head.headers.first(name: "Idempotency-Key"), form: form,
      authorization: head.headers.first(name: "Authorization"), version: head.headers.first(name: "Stripe-Version"))
  }

  private func decoded(_ text: String) -> String { text.removingPercentEncoding ?? text }

  private func write(_ reply: StripeTwin.Reply, _ isTruncated: Bool, _ context: ChannelHandlerContext) {
    let bytes = Array(reply.body.utf8)
    let headers: HTTPHeaders = ["Content-Length": "\(bytes.count)", "Content-Type": "application/json"]
    context.write(
      wrapOutboundOut(.head(.init(version: .http1_1, status: .init(statusCode: reply.status), headers: headers))),
      promise: nil)
    let sent = isTruncated ? bytes.prefix(bytes.count / 2) : bytes[...]
    context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: sent)))), promise: nil)
    if isTruncated { return context.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}
