import NIOCore

extension RedisConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  func handlerAdded(context: ChannelHandlerContext) {
    closed = context.channel.closeFuture
    if context.channel.isActive { self.context = context }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    close(.init(.connectionLost, "the connection was lost", mayHaveRun: true))
  }

  func channelActive(context: ChannelHandlerContext) {
    if closeReason == nil { self.context = context }
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard closeReason == nil else { return }
    lastProgress = .now()
    let bytes = unwrapInboundIn(data)
    do {
      try bytes.withUnsafeReadableBytes { try parser.feed($0, receive) }
      if isDraining && pending.isEmpty { close(.notConnected("the client is shutting down")) }
    } catch let error as RedisError {
      close(error)
    } catch {
      close(.protocolViolation("\(error)"))
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { flush() }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    let place = parser.isInsideReply ? " in the middle of a reply" : ""
    close(.init(.connectionLost, "the server closed the connection\(place)", mayHaveRun: true))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    close(.init(.connectionLost, "the connection was lost: \(error)", mayHaveRun: true))
    context.close(promise: nil)
  }
}
