import Logging
import NIOSSL
import Synchronization

/// What one end of TLS connections is configured by.
package enum TLSSource: Sendable {
  case fixed(TLSConfiguration)
  case client(TLSFiles)
  case server(TLSFiles)

  func configuration() throws -> TLSConfiguration {
    switch self {
    case .fixed(let configuration): configuration
    case .client(let files): try files.client()
    case .server(let files): try files.server()
    }
  }

  var stamps: [TLSFiles.Stamp] {
    switch self {
    case .fixed: []
    case .client(let files), .server(let files): files.stamps
    }
  }
}

/// The context for the next connection, made anew when its files have changed: certificates are renewed without a
/// restart. Connections that are open keep what they began with.
package final class TLSContexts: Sendable {
  private struct Made {
    let context: NIOSSLContext
    let stamps: [TLSFiles.Stamp]
  }

  private let source: TLSSource
  private let adjust: @Sendable (TLSConfiguration) -> TLSConfiguration
  private let logger: Logger?
  private let made = Mutex<Made?>(nil)

  /// Reads no file yet. `adjust` has the last word on each configuration.
  package init(
    _ source: TLSSource, logger: Logger?,
    adjust: @escaping @Sendable (TLSConfiguration) -> TLSConfiguration = { $0 }
  ) {
    self.source = source
    self.logger = logger
    self.adjust = adjust
  }

  /// Throws NIOSSL's errors where there is no good context yet. Where new files are of no use, perhaps because only
  /// one of them has been replaced so far, the last context stays.
  package func current() throws -> NIOSSLContext {
    try made.withLock { made in
      let stamps = source.stamps
      if let made, made.stamps == stamps { return made.context }
      do {
        let context = try NIOSSLContext(configuration: adjust(try source.configuration()))
        if made != nil { logger?.notice("TLS certificates have been read again") }
        made = Made(context: context, stamps: stamps)
        return context
      } catch {
        guard let made else { throw error }
        logger?.warning(
          "The new TLS files cannot be used: the old ones stay in use", metadata: ["error": "\(error)"])
        return made.context
      }
    }
  }
}
