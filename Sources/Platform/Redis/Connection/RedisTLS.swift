import TLSFiles

/// What `rediss://` needs beyond the system's trust store.
package struct RedisTLS: Sendable, Hashable {
  /// The authorities to trust instead of the system's, and our own certificate where the server asks for one
  /// (`tls-auth-clients yes`). Read again when they change.
  package var files: TLSFiles
  /// The name that the server's certificate must carry, where it is not the URL's host.
  package var serverName: String?

  package init(files: TLSFiles = TLSFiles(), serverName: String? = nil) {
    self.files = files
    self.serverName = serverName
  }
}
