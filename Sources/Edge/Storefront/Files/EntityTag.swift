import Cryptography
import HTTPTypes
import Hummingbird

/// Names one version of an answer, so that whoever has it need not be sent it again (RFC 9110, 8.8.3).
struct EntityTag: Sendable {
  /// With its quotes.
  let text: String

  init(_ version: String) {
    text = "\"\(version)\""
  }

  /// That of what has these bytes.
  init(of content: some Sequence<UInt8>) throws(CryptoError) { self.init(try contentHash(content)) }

  func isKnown(to request: Request) -> Bool { request.headers[.ifNoneMatch]?.contains(text) == true }
}

/// Tells versions of our own files and pages apart: 64 bits of SHA-256, in hexadecimal digits.
func contentHash(_ content: some Sequence<UInt8>) throws(CryptoError) -> String {
  [UInt8](try Digest.sha256(content).prefix(8)).hex
}
