import Foundation
import ServiceHost
import Testing

@Suite final class SecretTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: folder) }

  @Test func `a secret comes from its variable or from the file that is named, not from both`() throws {
    let path = try file("from the file\n")
    #expect(try Environment(["A": "value"]).secret("A") == "value")
    #expect(try Environment(["A_FILE": path]).secret("A") == "from the file")
    #expect(try Environment([:]).secret("A") == nil)
    let error = #expect(throws: ConfigurationError.self) {
      try Environment(["A": "value", "A_FILE": path]).secret("A")
    }
    #expect(error?.description == "A and A_FILE are both set: keep one of them")
  }

  @Test(arguments: ["", " \n", String(repeating: "x", count: 64 * 1024 + 1)])
  func `a file without a secret stops the start`(content: String) throws {
    let path = try file(content)
    let error = #expect(throws: ConfigurationError.self) { try Environment(["A_FILE": path]).secret("A") }
    #expect(error?.description.contains("A_FILE names '\(path)'") == true)
  }

  @Test func `an endless or missing file is told, not read for ever`() {
    #expect(throws: ConfigurationError.self) { try Environment(["A_FILE": "/dev/zero"]).secret("A") }
    #expect(throws: ConfigurationError.self) { try Environment(["A_FILE": "/nonexistent"]).secret("A") }
    #expect(throws: ConfigurationError.self) { try Environment(["A_FILE": "/"]).secret("A") }
  }

  @Test func `session keys and URLs of Redis are secrets`() throws {
    let path = try file("redis://tickets:password@own:2\n")
    let environment = Environment(["REDIS_URL": "redis://shared:1", "TICKETS_REDIS_URL_FILE": path])
    #expect("\(try environment.redisURL(service: "tickets"))".contains("own:2"))
    #expect("\(try environment.redisURL(service: "orders"))".contains("shared:1"))
    let key = try file(String(repeating: "k", count: 31))
    let error = #expect(throws: ConfigurationError.self) { try Environment(["JWT_KEY_FILE": key]).sessionKeys() }
    #expect(error?.description.hasPrefix("JWT_KEY has 31 bytes") == true)
  }

  @Test func `TLS wants all of its files, and files that can be used`() throws {
    #expect(try Environment([:]).rpcTLS() == nil)
    let missing = #expect(throws: ConfigurationError.self) {
      try Environment(["RPC_TLS_CERT_FILE": "/a", "RPC_TLS_KEY_FILE": "/b"]).rpcTLS()
    }
    #expect(missing?.description.hasPrefix("RPC_TLS_CA_FILE is not set") == true)
    let path = try file("no certificate")
    let useless = #expect(throws: ConfigurationError.self) {
      try Environment(["RPC_TLS_CERT_FILE": path, "RPC_TLS_KEY_FILE": path, "RPC_TLS_CA_FILE": path]).rpcTLS()
    }
    #expect(useless?.description.contains("must name PEM files") == true)
    #expect(throws: ConfigurationError.self) { try Environment(["REDIS_TLS_KEY_FILE": "/b"]).redisTLS() }
    #expect(throws: ConfigurationError.self) { try Environment(["REDIS_TLS_CA_FILE": "/nonexistent"]).redisTLS() }
  }

  private func file(_ content: String) throws -> String {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: UUID().uuidString)
    try Data(content.utf8).write(to: file)
    return file.path
  }
}
