#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A secret is the value of its variable, or the content of the file that the same name with `_FILE` names: what an
/// orchestrator mounts shows neither in `docker inspect` nor in the environment of children.
extension Environment {
  private static let maximumSecretBytes = 64 * 1024

  package func hasSecret(_ name: String) -> Bool {
    string(name) != nil || string(name + "_FILE") != nil
  }

  /// nil where neither variable is set. White space at the end of a file is no part of it.
  package func secret(_ name: String) throws(ConfigurationError) -> String? {
    guard let path = string(name + "_FILE") else { return string(name) }
    guard string(name) == nil else {
      throw ConfigurationError("\(name) and \(name)_FILE are both set: keep one of them")
    }
    guard let bytes = Self.content(of: path) else {
      throw ConfigurationError("\(name)_FILE names '\(path.prefix(200))', which cannot be read")
    }
    guard bytes.count <= Self.maximumSecretBytes, let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationError("\(name)_FILE names '\(path.prefix(200))', which is no text of a secret's length")
    }
    let secret = text.reversed().drop { $0.isWhitespace }.reversed()
    guard !secret.isEmpty else {
      throw ConfigurationError("\(name)_FILE names '\(path.prefix(200))', which is empty")
    }
    return String(secret)
  }

  /// `expected` ends the sentence "NAME is not set: it must be …".
  package func requiredSecret(_ name: String, expected: String) throws(ConfigurationError) -> String {
    guard let value = try secret(name) else {
      throw ConfigurationError("\(name) is not set (nor is \(name)_FILE): it must be \(expected)")
    }
    return value
  }

  /// At most one byte more than a secret may have.
  private static func content(of path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: maximumSecretBytes + 1)
    while bytes.count <= maximumSecretBytes {
      let count = read(descriptor, &chunk, chunk.count - bytes.count)
      guard count >= 0 else { return nil }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return bytes
  }
}
