import Cryptography

enum SHA256 {
  /// In lower-case hexadecimal.
  static func hexDigest(_ text: String) throws(CryptoError) -> String { try Digest.sha256(text.utf8).hex }

  static func hex(_ bytes: [UInt8]) -> String { bytes.hex }
}
