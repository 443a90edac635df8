import NIOSSL

extension TLSConfiguration {
  /// The same for HTTP/2: ALPN `h2`, and TLS 1.2 at least (RFC 9113 9.2).
  package var forHTTP2: TLSConfiguration {
    var configuration = self
    configuration.applicationProtocols = ["h2"]
    if configuration.minimumTLSVersion != .tlsv13 { configuration.minimumTLSVersion = .tlsv12 }
    return configuration
  }
}
