import Foundation
import NIOSSL
import RPC
import TLSFiles
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
    try await withServer(TestService().table(), tls: .fixed(serverTLS)) { [patient] target in
      try await withClient(of: target, tls: .fixed(clientTLS), configuration: .named("server.test")) { client in
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
    try await withServer(TestService().table(), tls: .fixed(serverTLS)) { [patient] target in
      try await withClient(of: target, tls: .fixed(clientTLS), configuration: .named("server.test")) { client in
        let error = await rpcError { try await client.unary(TestService.echo, "", options: patient) }
        #expect(error?.code == .unavailable)
      }
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `files that are replaced are read again, and useless ones are not taken`() async throws {
    let files = try Certificates()
    defer { files.remove() }
    try files.copy("client", to: "current")
    let mine = TLSFiles(
      authority: files.path("ca.pem"), certificate: files.path("current.pem"), key: files.path("current.key"))
    let theirs = TLSFiles(
      authority: files.path("ca.pem"), certificate: files.path("server.pem"), key: files.path("server.key"))
    try await withServer(TestService().table(), tls: .server(theirs)) { [patient] target in
      let client = TLSSource.client(mine)
      let first = try await peerName(of: client, at: target, patient)
      #expect(first == "client.test")
      // A new key whose certificate has not been written yet, as when files are replaced one by one.
      let contexts = TLSContexts(client, logger: nil)
      let before = try contexts.current()
      try files.copy("server", to: "current", only: "key")
      let between = try contexts.current()
      #expect(between === before)
      try files.copy("server", to: "current")
      let after = try contexts.current()
      #expect(after !== before)
      let second = try await peerName(of: client, at: target, patient)
      #expect(second == "server.test")
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `a server takes up a new certificate without a restart`() async throws {
    let files = try Certificates()
    defer { files.remove() }
    try files.copy("server", to: "current")
    let theirs = TLSFiles(
      authority: files.path("ca.pem"), certificate: files.path("current.pem"), key: files.path("current.key"))
    let clientTLS = try files.client(presenting: "client")
    try await withServer(TestService().table(), tls: .server(theirs)) { [patient] target in
      try await withClient(of: target, tls: .fixed(clientTLS), configuration: .named("server.test")) { client in
        let answer = try await client.unary(TestService.echo, "old", options: patient)
        #expect(answer == "old")
      }
      try files.copy("client", to: "current")
      try await withClient(of: target, tls: .fixed(clientTLS), configuration: .named("client.test")) { client in
        let answer = try await client.unary(TestService.echo, "new", options: patient)
        #expect(answer == "new")
      }
    }
  }

  /// As whom a server sees us.
  private func peerName(of tls: TLSSource, at target: String, _ options: CallOptions) async throws -> Text {
    try await withClient(of: target, tls: tls, configuration: .named("server.test")) { client in
      try await client.unary(TestService.whoami, "peerName", options: options)
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `a server of another name is not talked to`() async throws {
    let files = try Certificates()
    defer { files.remove() }
    let serverTLS = try files.server(asksForClient: false)
    let clientTLS = try files.client(presenting: nil)
    try await withServer(TestService().table(), at: .unix(path: socketPath()), tls: .fixed(serverTLS)) {
      [patient] target in
      try await withClient(of: target, tls: .fixed(clientTLS), configuration: .named("server.test")) { client in
        let answer = try await client.unary(TestService.echo, "hello", options: patient)
        #expect(answer == "hello")
      }
      try await withClient(of: target, tls: .fixed(clientTLS), configuration: .named("other.test")) { client in
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
    try await withServer(TestService().table(), tls: .fixed(serverTLS)) { [patient] target in
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

  /// Writes `name`'s certificate and key under another name.
  func copy(_ name: String, to other: String, only: String? = nil) throws {
    for suffix in ["key", "pem"] where only == nil || only == suffix {
      let content = try Data(contentsOf: URL(fileURLWithPath: path("\(name).\(suffix)")))
      try content.write(to: URL(fileURLWithPath: path("\(other).\(suffix)")), options: .atomic)
    }
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

  func path(_ file: String) -> String {
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
