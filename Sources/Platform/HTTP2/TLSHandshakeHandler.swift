import NIOCore
import NIOTLS

/// Lets HTTP/2 begin once TLS has chosen `h2` by ALPN, and closes the connection where it has not.
///
/// NIOSSL completes a handshake without a common protocol; gRPC requires one.
package final class TLSHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
  package typealias InboundIn = ByteBuffer

  private let onSuccess: () throws -> Void

  /// `onSuccess` adds the handlers of HTTP/2 to the pipeline.
  package init(onSuccess: @escaping () throws -> Void) {
    self.onSuccess = onSuccess
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .handshakeCompleted(let negotiatedProtocol)? = event as? TLSUserEvent else {
      return context.fireUserInboundEventTriggered(event)
    }
    do {
      guard negotiatedProtocol == "h2" else {
        throw HTTP2ConnectionError(.protocolError, "the peer has not chosen HTTP/2 by ALPN")
      }
      try onSuccess()
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
    } catch {
      context.fireErrorCaught(error)
      context.close(promise: nil)
    }
  }

  /// Nobody else is there to close what failed before HTTP/2 began.
  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.fireErrorCaught(error)
    context.close(promise: nil)
  }
}
