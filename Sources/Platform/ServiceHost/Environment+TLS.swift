import Redis
import TLSFiles

extension Environment {
  /// `RPC_TLS_CERT_FILE`, `RPC_TLS_KEY_FILE` and `RPC_TLS_CA_FILE`; nil: gRPC goes unencrypted. Files that are of no
  /// use are told now.
  package func rpcTLS() throws(ConfigurationError) -> TLSFiles? {
    let names = ["RPC_TLS_CERT_FILE", "RPC_TLS_KEY_FILE", "RPC_TLS_CA_FILE"]
    let missing = names.filter { string($0) == nil }
    if missing.count == names.count { return nil }
    guard missing.isEmpty else {
      throw ConfigurationError(
        "\(missing.joined(separator: " and ")) is not set: TLS needs \(names.joined(separator: ", "))")
    }
    return try tlsFiles("RPC_TLS")
  }

  /// `REDIS_TLS_CA_FILE`, and `REDIS_TLS_CERT_FILE` with `REDIS_TLS_KEY_FILE`, for `rediss://`.
  package func redisTLS() throws(ConfigurationError) -> RedisTLS {
    guard (string("REDIS_TLS_CERT_FILE") == nil) == (string("REDIS_TLS_KEY_FILE") == nil) else {
      throw ConfigurationError("REDIS_TLS_CERT_FILE and REDIS_TLS_KEY_FILE belong together: set both or none")
    }
    return RedisTLS(files: try tlsFiles("REDIS_TLS"))
  }

  private func tlsFiles(_ prefix: String) throws(ConfigurationError) -> TLSFiles {
    let (authority, certificate, key) = ("\(prefix)_CA_FILE", "\(prefix)_CERT_FILE", "\(prefix)_KEY_FILE")
    let files = TLSFiles(authority: string(authority), certificate: string(certificate), key: string(key))
    do {
      _ = try TLSContexts(.client(files), logger: nil).current()
      return files
    } catch {
      throw ConfigurationError(
        "\(certificate), \(key) and \(authority) must name PEM files that belong together and can be read: \(error)")
    }
  }
}
