import NIOCore

/// Where a streaming handler's responses enter the connection.
final class ServerCallSink: FramedResponseSink {
  private let connection: ServerConnection
  private let call: ServerCall

  init(connection: ServerConnection, call: ServerCall) {
    self.connection = connection
    self.call = call
  }

  func write(_ message: ByteBuffer) async throws {
    if Task.isCancelled { throw RPCError.cancelled }
    let error: RPCError? = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        connection.onLoop { [connection, call] in connection.write(message, on: call, continuation) }
      }
    } onCancel: {
      connection.onLoop { [call] in call.resumeWriters(.cancelled) }
    }
    if let error { throw error }
  }
}
