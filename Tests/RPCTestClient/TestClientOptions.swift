import Logging
import NIOPosix
import NIOSSL
import RPC

/// The command line of the test client.
struct TestClientOptions {
  struct Mistake: Error, CustomStringConvertible {
    let description: String
  }

  private let values: [String: String]

  init(_ arguments: [String]) throws {
    var values: [String: String] = [:]
    var rest = arguments[...]
    while let name = rest.popFirst() {
      guard name.hasPrefix("--"), let value = rest.popFirst() else {
        throw Mistake(description: "Each option is --name value; \(name) is not.")
      }
      values[name] = value
    }
    self.values = values
  }

  func client(logger: Logger) throws -> HTTP2Client {
    guard let target = values["--target"] else { throw Mistake(description: "--target is missing.") }
    var configuration = ClientConfiguration()
    configuration.connections = values["--connections"].flatMap { Int($0) } ?? 1
    configuration.serverName = values["--server-name"]
    if let milliseconds = values["--keepalive-ms"].flatMap({ Int64($0) }) {
      configuration.keepaliveInterval = .milliseconds(milliseconds)
      configuration.keepaliveTimeout = .milliseconds(milliseconds)
    }
    if let milliseconds = values["--startup-grace-ms"].flatMap({ Int64($0) }) {
      configuration.startupGrace = .milliseconds(milliseconds)
    }
    // One loop, so that `--connections 1` is one connection.
    return try HTTP2Client(
      target: target, tls: tls().map { .fixed($0) }, configuration: configuration,
      group: MultiThreadedEventLoopGroup(numberOfThreads: 1),
      logger: logger)
  }

  private func tls() throws -> TLSConfiguration? {
    guard let authority = values["--ca"] else { return nil }
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .file(authority)
    if let certificate = values["--cert"], let key = values["--key"] {
      configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
      configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
    }
    return configuration
  }
}
