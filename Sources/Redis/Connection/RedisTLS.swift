/// What `rediss://` needs beyond the system's trust store.
package struct RedisTLS: Sendable, Hashable {
  /// PEM file with the authorities to trust instead of the system's.
  package var authorityFile: String?
  /// PEM files with our own certificate chain and key, where the server asks for one (`tls-auth-clients yes`).
  package var certificateFile: String?
  package var privateKeyFile: String?
  /// The name that the server's certificate must carry, where it is not the URL's host.
  package var serverName: String?

  package init(
    authorityFile: String? = nil, certificateFile: String? = nil, privateKeyFile: String? = nil,
    serverName: String? = nil
  ) {
    self.authorityFile = authorityFile
    self.certificateFile = certificateFile
    self.privateKeyFile = privateKeyFile
    self.serverName = serverName
  }
}
