import Foundation
import NIOSSL
import RPC
import Testing

/// TLS with certificates that `openssl` makes for each test.
@Suite struct TLSTests {
  private let patient = CallOptions(timeout: .seconds(60))

  @Test(.timeLimit(.minutes(2)))
  func `mutual TLS tells the handler the verified name of its peer`() async throws {
    let files = try Certificates()
    defer { files.remove() }
    let serverTLS = try files.server(asksForClient: true)
    let clientTLS = try files.client(presenting: "client")
    try await withServer(TestService().table(), tls: serverTLS) { [patient] target in
      try await withClient(of: target, tls: clientTLS, configuration: .named("server.test")) { client in
        let name = try await client.unary(TestService.whoami, "peerName", options: patient)
        #expect(name == "client.test")
      }
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `without a client certificate mutual TLS refuses`() async throws {
    let files = try Certificates()
    defer { files.remove() }
    let serverTLS = try files.server(asksForClient: true)
    let clientTLS = try files.client(presenting: nil)
    try await withServer(TestService().table(), tls: serverTLS) { [patient] target in
      try await withClient(of: target, tls: clientTLS, configuration: .named("server.test")) { client in
        let error = await rpcError { try await client.unary(TestService.echo, "", options: patient) }
        #expect(error?.code == .unavailable)
      }
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `a server of another name is not talked to`() async throws {
    let files = try Certificates()
    defer { files.remove() }
    let serverTLS = try files.server(asksForClient: false)
    let clientTLS = try files.client(presenting: nil)
    try await withServer(TestService().table(), at: .unix(path: socketPath()), tls: serverTLS) {
      [patient] target in
      try await withClient(of: target, tls: clientTLS, configuration: .named("server.test")) { client in
        let answer = try await client.unary(TestService.echo, "hello", options: patient)
        #expect(answer == "hello")
      }
      try await withClient(of: target, tls: clientTLS, configuration: .named("other.test")) { client in
        let error = await rpcError { try await client.unary(TestService.echo, "", options: patient) }
        #expect(error?.code == .unavailable)
      }
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `a client without TLS is turned away`() async throws {
    let files = try Certificates()
    defer { files.remove() }
    let serverTLS = try files.server(asksForClient: false)
    try await withServer(TestService().table(), tls: serverTLS) { [patient] target in
      try await withClient(of: target, configuration: .named("server.test")) { client in
        let error = await rpcError { try await client.unary(TestService.echo, "", options: patient) }
        #expect(error?.code == .unavailable)
      }
    }
  }
}

extension ClientConfiguration {
  fileprivate static func named(_ name: String) -> ClientConfiguration {
    var configuration = ClientConfiguration.patient
    configuration.serverName = name
    configuration.startupGrace = .zero
    return configuration
  }
}

/// A certification authority, and a server's and a client's certificate, in a folder of their own.
private struct Certificates {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "rpc-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    try openssl(["req", "-x509"] + key + ["-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=ca"])
    for name in ["server", "client"] {
      let names = "subjectAltName=DNS:\(name).test"
      try openssl(
        ["req", "-x509"] + key
          + ["-keyout", "\(name).key", "-out", "\(name).pem", "-days", "2", "-subj", "/CN=\(name)"]
          + ["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", names, "-addext", "basicConstraints=CA:FALSE"])
    }
  }

  func remove() {
    try? FileManager.default.removeItem(at: folder)
  }

  func server(asksForClient: Bool) throws -> TLSConfiguration {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try chain("server"), privateKey: try key("server"))
    if asksForClient {
      configuration.trustRoots = .file(path("ca.pem"))
      configuration.certificateVerification = .noHostnameVerification
    }
    return configuration
  }

  func client(presenting name: String?) throws -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .file(path("ca.pem"))
    if let name {
      configuration.certificateChain = try chain(name)
      configuration.privateKey = try key(name)
    }
    return configuration
  }

  private func chain(_ name: String) throws -> [NIOSSLCertificateSource] {
    try NIOSSLCertificate.fromPEMFile(path("\(name).pem")).map { .certificate($0) }
  }

  private func key(_ name: String) throws -> NIOSSLPrivateKeySource {
    .privateKey(try NIOSSLPrivateKey(file: path("\(name).key"), format: .pem))
  }

  private func path(_ file: String) -> String {
    folder.appending(path: file).path
  }

  private func openssl(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    process.currentDirectoryURL = folder
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
