import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import RPC

/// A connection from a client: HTTP/1.1 with the gateway's limits, answered on the connection's own event loop.
///
/// Stands where Hummingbird's own `HTTP1Channel` would. Its asynchronous channel of parts (head, body, end) took a
/// quarter of what a small request cost in `ticketing up`: here ``ClientConnection`` hands over whole requests, and
/// writes the answers.
struct GatewayChannel<Responder: HTTPResponder>: ServerChildChannel where Responder.Context == GatewayContext {
  let responder: Responder
  let limits: GatewayLimits

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<ClientConnection> {
    channel.eventLoop.makeCompletedFuture {
      var decoder = NIOHTTPDecoderLimitConfiguration()
      decoder.maxHeaderFieldSize = limits.headerBytes
      decoder.maxHeaderListSize = limits.headerBytes
      decoder.maxHeaderFieldCount = limits.headerFields
      let pipeline = channel.pipeline.syncOperations
      // Requests that arrive together are answered in turn by the loop below, and what is wrong with one is answered
      // by the handler after the decoder.
      try pipeline.configureHTTPServerPipeline(
        withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
        withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoder)
      try pipeline.addHandler(ConnectionHandler(limits: limits))
      let connection = ClientConnection(channel, bodyLimit: limits.bodyBytes)
      try pipeline.addHandler(connection)
      return connection
    }
  }

  /// Runs on the connection's event loop: reading a request, calling services over connections of the same loop and
  /// writing the answer then take no thread switch.
  func handle(value connection: ClientConnection, logger: Logger) async {
    // nil where the loop has ended, and the connection with it.
    guard let executor = try? await connection.eventLoop.submit({ EventLoopTaskExecutor.current }).get() else { return }
    await withTaskExecutorPreference(executor) {
      await withTaskCancellationHandler {
        await serve(connection, logger)
      } onCancel: {
        connection.stopReading()
      }
    }
  }

  private func serve(_ connection: ClientConnection, _ logger: Logger) async {
    do {
      while let request = try await connection.next() {
        try await connection.answer(await response(to: request, on: connection, logger))
      }
      await connection.end()
    } catch {
      // The client is gone, or an answer broke off: it shows by the end of the connection.
      logger.trace("Connection ended", metadata: ["error": "\(error)"])
      connection.close()
    }
  }

  private func response(to request: Request, on connection: ClientConnection, _ logger: Logger) async -> Response {
    let context = GatewayContext(source: ApplicationRequestContextSource(channel: connection.channel, logger: logger))
    do {
      return try await responder.respond(to: request, context: context)
    } catch {
      // Edge answers all errors.
      logger.error("request failed unanswered", metadata: ["error": "\(error)"])
      return Response(status: .internalServerError)
    }
  }
}
