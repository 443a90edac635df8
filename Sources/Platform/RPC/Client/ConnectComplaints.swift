import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Telemetry

/// Says in the log why a peer cannot be reached: each cause once until it can be reached again.
///
/// What time may mend is not told during the start, when processes wait for each other; a refused certificate is.
final class ConnectComplaints: Sendable {
  private let target: String
  private let logger: Logger
  private let outage: Mutex<Outage>

  init(target: String, grace: Duration, logger: Logger) {
    self.target = target
    self.logger = logger
    outage = Mutex(Outage(quietUntil: .now + grace))
  }

  func failed(_ error: any Error) {
    let cause = Self.cause(error)
    logger.debug("RPC connect failed", metadata: ["target": "\(target)", "error": "\(cause)"])
    guard outage.withLock({ $0.noticed(cause, mendsItself: !Self.isOfTLS(error)) }) else { return }
    logger.warning("The peer cannot be reached", metadata: ["target": "\(target)", "error": "\(cause)"])
  }

  func connected() {
    if outage.withLock({ $0.ended() }) {
      logger.notice("The peer is reached again", metadata: ["target": "\(target)"])
    }
  }

  private static func isOfTLS(_ error: any Error) -> Bool {
    error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError
  }

  /// In a line: the library's own text lists every address with its structure.
  private static func cause(_ error: any Error) -> String {
    if let error = error as? NIOConnectionError, let attempt = error.connectionErrors.first {
      return "\(attempt.error)"
    }
    return String("\(error)".prefix(300))
  }
}
