import Foundation
import Redis
import RedisTestSupport
import TLSFiles
import Testing

@Suite struct TLSTests {
  @Test func `rediss trusts the given authority and shows a certificate of its own`() async throws {
    try await withCertificates { folder in
      let port = try freePort()
      let settings = [
        "tls-port \(port)", "tls-cert-file \(folder)/server.pem", "tls-key-file \(folder)/server.key",
        "tls-ca-cert-file \(folder)/ca.pem", "tls-auth-clients yes",
      ]
      try await withRedisServer(settings) { _ in
        var configuration = RedisClient.Configuration.forTests
        configuration.startWait = .seconds(5)
        configuration.tls = RedisTLS(
          files: TLSFiles(
            authority: "\(folder)/ca.pem", certificate: "\(folder)/client.pem", key: "\(folder)/client.key"))
        for (host, name) in [("localhost", nil), ("127.0.0.1", "localhost")] {
          configuration.tls.serverName = name
          try await withRedisClient(url: RedisURL("rediss://\(host):\(port)/1"), configuration: configuration) {
            redis in
            try await redis.set(RedisKey("k"), .bytes([UInt8](repeating: 7, count: 300_000)))
            #expect(try await redis.get(RedisKey("k"))?.count == 300_000)
            #expect(await echoMany(redis, count: 50).isEmpty)
          }
        }
        // The server's certificate is of an authority that the system does not know.
        configuration.tls.files.authority = nil
        try await expectNoConnection("rediss://localhost:\(port)", configuration)
        // The certificate is for a name, not for this address; and not for any name.
        configuration.tls.files.authority = "\(folder)/ca.pem"
        configuration.tls.serverName = nil
        try await expectNoConnection("rediss://127.0.0.1:\(port)", configuration)
        configuration.tls.serverName = "redis.example"
        try await expectNoConnection("rediss://localhost:\(port)", configuration)
        // A file that is not there.
        configuration.tls = RedisTLS(files: TLSFiles(authority: "/nonexistent/ca.pem"))
        try await expectNoConnection("rediss://localhost:\(port)", configuration)
        // TLS is not spoken.
        try await expectNoConnection("redis://localhost:\(port)", .forTests)
      }
    }
  }

  private func expectNoConnection(_ url: String, _ configuration: RedisClient.Configuration) async throws {
    var configuration = configuration
    configuration.startWait = .milliseconds(300)
    configuration.connectTimeout = .milliseconds(500)
    try await withRedisClient(url: RedisURL(url), configuration: configuration) { redis in
      let error = await #expect(throws: RedisError.self, "\(url) \(configuration.tls)") { try await redis.ping() }
      #expect(error?.mayHaveRun == false)
    }
  }

  /// An authority, and certificates of it for a server named localhost and for a client; made by `openssl`.
  private func withCertificates(_ body: (String) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "redis-tls-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
      "/CN=Test authority", "-keyout", "\(folder)/ca.key", "-out", "\(folder)/ca.pem")
    for name in ["server", "client"] {
      try openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
        "/CN=\(name)", "-CA", "\(folder)/ca.pem", "-CAkey", "\(folder)/ca.key", "-addext",
        "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE", "-keyout",
        "\(folder)/\(name).key", "-out", "\(folder)/\(name).pem")
    }
    try await body(folder)
  }

  private func openssl(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "openssl \(arguments.joined(separator: " "))")
  }
}
