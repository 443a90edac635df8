import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import RPC

/// A connection from a client: HTTP/1.1 with the gateway's limits, answered on the connection's own event loop.
struct GatewayChannel: HTTPChannelHandler {
  typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

  let responder: HTTPChannelHandler.Responder
  let limits: GatewayLimits

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      var decoder = NIOHTTPDecoderLimitConfiguration()
      decoder.maxHeaderFieldSize = limits.headerBytes
      decoder.maxHeaderListSize = limits.headerBytes
      decoder.maxHeaderFieldCount = limits.headerFields
      let pipeline = channel.pipeline.syncOperations
      // Requests that arrive together are answered in turn by the loop that reads them, and what is wrong with one
      // is answered by the handler after the decoder.
      try pipeline.configureHTTPServerPipeline(
        withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
        withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoder)
      try pipeline.addHandler(ConnectionHandler(limits: limits))
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
      return try NIOAsyncChannel(
        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }
  }

  /// Runs on the connection's event loop: reading a request, calling services over connections of the same loop and
  /// writing the answer then take no thread switch.
  func handle(value channel: Value, logger: Logger) async {
    // nil where the loop has ended, and the connection with it.
    let executor = try? await channel.channel.eventLoop.submit { EventLoopTaskExecutor.current }.get()
    await withTaskExecutorPreference(executor) {
      await handleHTTP(asyncChannel: channel, logger: logger)
    }
  }
}
