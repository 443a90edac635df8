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
    let files = TLSFiles(
      authority: string("RPC_TLS_CA_FILE"), certificate: string("RPC_TLS_CERT_FILE"),
      key: string("RPC_TLS_KEY_FILE"))
    try check(files, names: "RPC_TLS_CERT_FILE, RPC_TLS_KEY_FILE and RPC_TLS_CA_FILE")
    return files
  }

  /// `REDIS_TLS_CA_FILE`, and `REDIS_TLS_CERT_FILE` with `REDIS_TLS_KEY_FILE`, for `rediss://`.
  package func redisTLS() throws(ConfigurationError) -> RedisTLS {
    guard (string("REDIS_TLS_CERT_FILE") == nil) == (string("REDIS_TLS_KEY_FILE") == nil) else {
      throw ConfigurationError("REDIS_TLS_CERT_FILE and REDIS_TLS_KEY_FILE belong together: set both or none")
    }
    let files = TLSFiles(
      authority: string("REDIS_TLS_CA_FILE"), certificate: string("REDIS_TLS_CERT_FILE"),
      key: string("REDIS_TLS_KEY_FILE"))
    try check(files, names: "REDIS_TLS_CA_FILE, REDIS_TLS_CERT_FILE and REDIS_TLS_KEY_FILE")
    return RedisTLS(files: files)
  }

  private func check(_ files: TLSFiles, names: String) throws(ConfigurationError) {
    do {
      _ = try TLSContexts(.client(files), logger: nil).current()
    } catch {
      throw ConfigurationError("\(names) must name PEM files that belong together and can be read: \(error)")
    }
  }
}
