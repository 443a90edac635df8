import NIOSSL
import RPC

/// The command line of the test server.
struct TestServerOptions {
  struct Mistake: Error, CustomStringConvertible {
    let description: String
  }

  static let usage = """
    rpc-test-server --listen HOST:PORT|unix:PATH [--tls-cert FILE --tls-key FILE [--client-ca FILE]]
                    [--handshake-timeout-ms N] [--default-deadline-ms N] [--drain-timeout-ms N]
                    [--idle-timeout-ms N] [--keepalive-ms N]
    """

  var address = ServerAddress.tcp(host: "127.0.0.1", port: 0)
  var tls: TLSConfiguration?
  var limits = ServerLimits()

  init(_ arguments: [String]) throws {
    var values: [String: String] = [:]
    var rest = arguments[...]
    while let name = rest.popFirst() {
      guard name.hasPrefix("--"), let value = rest.popFirst() else { throw Mistake(description: Self.usage) }
      values[name] = value
    }
    if let listen = values["--listen"] { address = try Self.address(listen) }
    if let certificate = values["--tls-cert"], let key = values["--tls-key"] {
      tls = try Self.tls(certificate: certificate, key: key, clientCA: values["--client-ca"])
    }
    if let value = try Self.milliseconds(values["--handshake-timeout-ms"]) { limits.handshakeTimeout = value }
    if let value = try Self.milliseconds(values["--default-deadline-ms"]) { limits.defaultTimeout = value }
    if let value = try Self.milliseconds(values["--drain-timeout-ms"]) { limits.drainTimeout = value }
    if let value = try Self.milliseconds(values["--idle-timeout-ms"]) { limits.idleTimeout = value }
    if let value = try Self.milliseconds(values["--keepalive-ms"]) {
      limits.keepaliveInterval = value
      limits.keepaliveTimeout = value
    }
  }

  private static func milliseconds(_ text: String?) throws -> Duration? {
    guard let text else { return nil }
    guard let value = Int64(text), value > 0 else { throw Mistake(description: "\(text) is no number of ms") }
    return .milliseconds(value)
  }

  private static func address(_ text: String) throws -> ServerAddress {
    if text.hasPrefix("unix:") { return .unix(path: String(text.dropFirst(5))) }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else {
      throw Mistake(description: "\(text) is neither HOST:PORT nor unix:PATH")
    }
    return .tcp(host: String(text[..<colon]), port: port)
  }

  private static func tls(certificate: String, key: String, clientCA: String?) throws -> TLSConfiguration {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
    if let clientCA {
      configuration.trustRoots = .file(clientCA)
      configuration.certificateVerification = .noHostnameVerification
    }
    return configuration
  }
}
