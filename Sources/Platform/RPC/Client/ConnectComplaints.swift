import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Says in the log why a peer cannot be reached: each cause once until it can be reached again.
///
/// What time may mend is not told during the start, when processes wait for each other; a refused certificate is.
final class ConnectComplaints: Sendable {
  private let target: String
  private let graceEnds: NIODeadline
  private let logger: Logger
  private let told = Mutex<Set<String>>([])

  init(target: String, grace: Duration, logger: Logger) {
    self.target = target
    self.graceEnds = .now() + TimeAmount(grace)
    self.logger = logger
  }

  func failed(_ error: any Error) {
    let cause = Self.cause(error)
    logger.debug("RPC connect failed", metadata: ["target": "\(target)", "error": "\(cause)"])
    guard Self.isOfTLS(error) || .now() >= graceEnds else { return }
    // Bounded: whoever names ever new causes is not listened to for ever.
    guard told.withLock({ $0.count < 16 && $0.insert(cause).inserted }) else { return }
    logger.warning("The peer cannot be reached", metadata: ["target": "\(target)", "error": "\(cause)"])
  }

  func connected() {
    let wasDown = told.withLock { told in
      defer { told = [] }
      return !told.isEmpty
    }
    if wasDown { logger.notice("The peer is reached again", metadata: ["target": "\(target)"]) }
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
