import NIOSSL

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The PEM files that one end of TLS connections has.
package struct TLSFiles: Sendable, Hashable {
  /// The authorities that sign our peers' certificates; nil: the system's.
  package var authority: String?
  /// Our own certificate, with those between it and its authority.
  package var certificate: String?
  package var key: String?

  package init(authority: String? = nil, certificate: String? = nil, key: String? = nil) {
    self.authority = authority
    self.certificate = certificate
    self.key = key
  }

  /// Of an end that connects: checks the server's certificate and name, and shows ours where there is one.
  package func client() throws -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateChain = try chain()
    configuration.privateKey = try privateKey()
    return trusting(configuration)
  }

  /// Of an end that is connected to, only by those who show a certificate of our authority.
  package func server() throws -> TLSConfiguration {
    guard let privateKey = try privateKey() else { throw NIOSSLError.failedToLoadPrivateKey }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try chain(), privateKey: privateKey)
    configuration.certificateVerification = .noHostnameVerification
    return trusting(configuration)
  }

  private func trusting(_ configuration: TLSConfiguration) -> TLSConfiguration {
    var configuration = configuration
    configuration.minimumTLSVersion = .tlsv12
    if let authority { configuration.trustRoots = .file(authority) }
    return configuration
  }

  private func chain() throws -> [NIOSSLCertificateSource] {
    try certificate.map { try NIOSSLCertificate.fromPEMFile($0).map { .certificate($0) } } ?? []
  }

  private func privateKey() throws -> NIOSSLPrivateKeySource? {
    try key.map { .privateKey(try NIOSSLPrivateKey(file: $0, format: .pem)) }
  }

  /// Changes when one of the files does, also where a link to it is turned elsewhere, as Kubernetes replaces secrets.
  var stamps: [Stamp] {
    [authority, certificate, key].map { Stamp($0) }
  }

  struct Stamp: Equatable {
    private var inode: UInt64 = 0
    private var size: Int64 = 0
    private var seconds = 0
    private var nanoseconds = 0

    /// Zeros where there is no such file.
    init(_ path: String?) {
      var status = stat()
      guard let path, stat(path, &status) == 0 else { return }
      inode = UInt64(status.st_ino)
      size = Int64(status.st_size)
      #if canImport(Darwin)
        let modified = status.st_mtimespec
      #else
        let modified = status.st_mtim
      #endif
      seconds = modified.tv_sec
      nanoseconds = modified.tv_nsec
    }
  }
}
